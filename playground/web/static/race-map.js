// The race seen from above: a map of the heights, trails and balls; on analytic terrain a press on it is a new start.

import { ball, StillPlot } from "./race-plot.js";
import { Teleport } from "./teleport.js";

const MARGIN = { l: 40, r: 10, t: 8, b: 34 };
const STAR = { symbol: "star", size: 13, color: "#ffffff", line: { color: "#20242c", width: 1.5 } };

export class RaceMap {
  /** @param {(x: number, y: number) => void} choose called with a new start */
  constructor(root, choose) {
    this.plot = new StillPlot(root, "The race from above");
    this.choose = choose;
    this.start = null;
  }

  /** Draw the ground. pick: whether a start can be chosen on it. */
  async ground(Plotly, ground, theme, pick) {
    this.of = ground;
    this.start = ground.start;
    const { x, y, z, low, high, colours, minima, names } = ground;
    const gap = (high - low) / 14;
    const map = {
      type: "contour", x, y, z, zmin: low, zmax: high, colorscale: colours, showscale: false, autocontour: false,
      contours: { start: low + gap / 2, end: high, size: gap, coloring: "heatmap" }, line: { color: "rgba(255,255,255,0.35)", width: 0.8 },
    };
    const goals = { type: "scatter", mode: "markers", x: minima.map(([a]) => a), y: minima.map(([, b]) => b), marker: STAR };
    const axis = (values, text) => ({ range: [values[0], values.at(-1)], zeroline: false, nticks: 6, title: { text, standoff: 4, font: { size: 11 } } });
    const layout = { margin: MARGIN, xaxis: axis(x, names[0]), yaxis: axis(y, names[1]) };
    await this.plot.still(Plotly, [map, goals], layout, theme);
    if (!pick) this.#forget();
    else if (!this.teleport && this.plot.area) this.teleport = new Teleport(this.plot.node, (a, b) => this.#chosen(a, b));
    this.plot.root.dataset.pick = String(pick);
  }

  /** The new start is seen at once; the race from there follows. */
  #chosen(x, y) {
    this.start = [x, y];
    this.begun = performance.now();
    this.choose(x, y);
  }

  #forget() {
    this.teleport?.destroy();
    this.teleport = null;
  }

  /** Show everybody where they are at a moment; without a race, the start. */
  show(course, colours, at) {
    const { context } = this.plot;
    if (!context || !this.of) return;
    if (course?.placed) {
      course.racers.forEach((_, index) => this.#trail(context, course, index, colours[index], at));
      this.#begin(context);
      course.racers.forEach((_, index) => {
        const { x, y } = course.at(index, at);
        ball(context, ...this.#pixels(x, y), colours[index], { crossed: course.event(index, at)?.kind === "diverged" });
      });
    } else this.#begin(context);
  }

  #trail(context, course, index, colour, at) {
    const { x, y } = course.racers[index];
    const now = course.at(index, at);
    context.beginPath();
    for (let i = 0; i < course.behind(index, at); i += 1) context.lineTo(...this.#pixels(x[i], y[i]));
    context.lineTo(...this.#pixels(now.x, now.y));
    for (const [width, ink] of [[4.5, "rgba(20,24,32,0.55)"], [2.5, colour]]) {
      context.lineWidth = width;
      context.strokeStyle = ink;
      context.stroke();
    }
  }

  #begin(context) {
    const [left, top] = this.#pixels(...this.start);
    context.lineWidth = 2;
    for (const [radius, ink] of [[7, "#20242c"], [5, "#ffffff"]]) {
      context.strokeStyle = ink;
      context.beginPath();
      context.arc(left, top, radius, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  #pixels(x, y) {
    const { of, plot } = this;
    const { width, height } = plot.area;
    const across = (x - of.x[0]) / (of.x.at(-1) - of.x[0]);
    const up = (y - of.y[0]) / (of.y.at(-1) - of.y[0]);
    return [across * width, (1 - up) * height];
  }

  destroy() {
    this.#forget();
  }
}
