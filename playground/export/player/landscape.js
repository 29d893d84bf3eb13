// The stage of a landscape's film: the surface and the view from above, drawn by Plotly, and its frames, which move them.

import { steady } from "./camera.js";

const SETTLED_MS = 120; // Plotly's camera follows the hand with a little delay
const CONFIG = { displaylogo: false, displayModeBar: false };

/** `base` with what `change` says, level by level; neither is changed, and what no change is about stays the same. */
function merged(base, change) {
  const whole = { ...base };
  for (const [key, value] of Object.entries(change)) {
    const level = value !== null && typeof value === "object" && !Array.isArray(value) && !("bdata" in value);
    whole[key] = level ? merged(base?.[key] ?? {}, value) : value;
  }
  return whole;
}

function template({ text, line }) {
  const axis = { color: text, gridcolor: line, linecolor: line, tickcolor: line, zerolinecolor: line };
  const wall = { ...axis, showbackground: false };
  return { layout: { font: { color: text }, xaxis: axis, yaxis: axis, scene: { xaxis: wall, yaxis: wall, zaxis: wall } } };
}

/** Have a figure follow its place's size. An observer also speaks up when it begins: then there is nothing to do. */
function resizing(node) {
  const sizeOf = () => `${node.clientWidth} ${node.clientHeight}`;
  let size = sizeOf();
  new ResizeObserver(() => {
    if (sizeOf() === size) return;
    size = sizeOf();
    Plotly.Plots.resize(node);
  }).observe(node);
}

class LandscapeStage {
  constructor() {
    this.node = $("surface");
    this.losses = new Losses($("curves"));
    this.theme = pageTheme();
    this.busy = this.held = false;
    this.wanted = 0;
    // While somebody turns it the surface stands still: a new frame would put the camera back.
    this.node.addEventListener("pointerdown", () => (this.held = true), true);
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => this.#released(), SETTLED_MS), true);
  }

  #released() {
    if (!this.held) return;
    this.held = false;
    this.show(this.wanted);
  }

  async open() {
    for (const figure of film.figures) {
      const { id, data, layout, frames } = figure;
      $(id).setAttribute("role", "figure");
      $(id).setAttribute("aria-label", layout.meta.description);
      layout.template = template(this.theme);
      await Plotly.newPlot($(id), { data, layout, frames, config: CONFIG });
      steady($(id));
      resizing($(id));
    }
    showKeys($("keys"), film.keys);
    return this;
  }

  themed() {
    this.theme = pageTheme();
    for (const { layout } of film.figures) layout.template = template(this.theme);
  }

  /** Not `Plotly.animate`: while that moves a line, it takes the map below it away. */
  #draw({ id, data, layout, frames }, k) {
    const frame = frames[k];
    const traces = [...data];
    frame.traces.forEach((trace, place) => (traces[trace] = merged(data[trace], frame.data[place])));
    return Plotly.react($(id), traces, merged(layout, frame.layout), CONFIG);
  }

  /** Draws the moment; while one is being drawn only the latest of those asked for meanwhile comes next. */
  async show(k) {
    this.losses.draw(this.theme, film.moments[k].epoch);
    this.wanted = k;
    if (this.busy) return;
    this.busy = true;
    let drawn = null;
    while (drawn !== this.wanted) {
      drawn = this.wanted;
      for (const figure of film.figures) {
        if (!this.held || figure.id !== this.node.id) await this.#draw(figure, drawn);
      }
    }
    this.busy = false;
    document.body.dataset.shown = drawn;
  }
}

begin(new LandscapeStage().open());
