// The losses of all racers over the steps, as far as the race has come.

import { ball, StillPlot } from "./race-plot.js";

const MARGIN = { l: 52, r: 12, t: 8, b: 30 };
const LEAST = 1e-12; // of a loss on a logarithmic axis
const MOST_DECADES = 12;
const BEYOND = 0.015; // of the axis, for the balls at its end
const EDGE = 6; // pixels from the top where they are shown who are above it
const LEAP = 10; // times the loss at the start: who is above leaves the picture

export class RaceCurves {
  constructor(root) {
    this.plot = new StillPlot(root, "The loss of every racer over the steps");
  }

  /** Draw the axes for a race, and make its lines. */
  async axes(Plotly, course, theme) {
    this.theme = theme;
    const all = course.racers.flatMap(({ loss }) => Array.from(loss).filter(Number.isFinite));
    if (!all.length) return;
    const [least, top] = [Math.min(...all), Math.max(...all)];
    const [begun] = course.racers[0].loss;
    this.log = least >= 0 && top > 10 * Math.max(least, LEAST);
    const most = Math.min(top, this.log ? LEAP * begun : begun + 2 * Math.abs(begun - least) + 1e-9);
    this.floor = Math.max(LEAST, most / 10 ** MOST_DECADES);
    const [low, high] = [this.#value(least), this.#value(most)];
    const room = (high - low) * 0.06 || 0.5;
    this.range = [low - room, high + room];
    this.first = course.steps[0];
    this.last = Math.max(course.steps.at(-1), this.first + 1);
    this.last += (this.last - this.first) * BEYOND;
    const title = (text) => ({ text, standoff: 4, font: { size: 11 } });
    const yaxis = { range: this.range, type: this.log ? "log" : "linear", nticks: 5, zeroline: false, title: title("loss"), exponentformat: "power", tickfont: { size: 10 } };
    const xaxis = { range: [this.first, this.last], zeroline: false, title: title("step"), nticks: 7 };
    const spread = { type: "scatter", x: [this.first, this.last], y: [null, null] };
    await this.plot.still(Plotly, [spread], { margin: MARGIN, xaxis, yaxis: this.log ? { ...yaxis, ...decades(this.range) } : yaxis }, theme);
    if (this.plot.area) this.lines = course.racers.map((racer) => this.#line(course.steps, racer));
  }

  #value(loss) {
    return this.log ? Math.log10(Math.max(loss, this.floor)) : loss;
  }

  #line(steps, { loss, end }) {
    const line = new Path2D();
    for (let i = 0; i <= end; i += 1) line.lineTo(...this.#pixels(steps[i], loss[i]));
    return line;
  }

  #pixels(step, loss) {
    const { width, height } = this.plot.area;
    const [low, high] = this.range;
    return [((step - this.first) / (this.last - this.first)) * width, (1 - (this.#value(loss) - low) / (high - low)) * height];
  }

  clear() {
    void this.plot.context; // which is clean
  }

  /** Show the curves up to a moment. */
  show(course, colours, at) {
    const { context } = this.plot;
    if (!context || !this.lines) return;
    const places = course.racers.map((_, index) => course.at(index, at));
    const [now] = this.#pixels(course.steps[0] + (course.step(at) - course.steps[0]), 1);
    context.save();
    context.beginPath();
    context.rect(0, 0, now + 0.5, this.plot.area.height);
    context.clip();
    this.lines.forEach((line, index) => {
      context.lineWidth = 2.2;
      context.strokeStyle = colours[index];
      context.stroke(line);
    });
    context.restore();
    places.forEach(({ loss, over }, index) => {
      const { end } = course.racers[index];
      const step = over ? course.steps[end] : course.step(at);
      const [left, up] = this.#pixels(step, loss);
      ball(context, left, Math.max(up, EDGE), colours[index], { radius: 4.5, crossed: over, edge: this.theme.background });
    });
  }
}

/** Every how many powers of ten there is a tick; over few of them also at 2 and 5, and without exponents. */
function decades([low, high]) {
  return high - low < 2.5 ? { dtick: "D2", tickformat: "~g" } : { dtick: Math.ceil((high - low) / 5) };
}
