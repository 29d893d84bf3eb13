// A Plotly figure that follows a run: one DOM node, drawn anew with Plotly.react, so zoom and camera stay.

import { isPacked, unpack, unpackAll } from "./arrays.js";
import { LiveComponent } from "./live-component.js";
import { plotly } from "./plotly.js";
import { plotTemplate } from "./plotly-theme.js";

const CONFIG = {
  displaylogo: false,
  displayModeBar: "hover",
  responsive: false,
  scrollZoom: false,
  modeBarButtons: [["toImage", "resetScale2d"]],
};
const CONFIG_3D = { ...CONFIG, modeBarButtons: [["toImage", "resetCameraDefault3d"]] };

export class PlotlyView extends LiveComponent {
  constructor(root) {
    super(root);
    this.node = document.createElement("div");
    this.node.className = "np-plot-node";
    this.node.setAttribute("role", "img");
    this.root.append(this.node);
    this.rev = null;
    this.figure = null;
  }

  views() {
    return { [this.data.view]: this.data.options ?? {} };
  }

  updated(before) {
    this.root.style.height = `${this.data.height}px`;
    if (before.view !== undefined && before.view !== this.data.view) this.connection?.refresh();
    if (!this.node.hasAttribute("aria-label")) this.node.setAttribute("aria-label", this.data.label ?? this.data.view);
  }

  left() {
    this.rev = null; // another run's base will come; its picture replaces this one without a blank between
  }

  draw({ views }) {
    const view = views?.[this.data.view];
    if (!view) return;
    if (view.base && view.rev !== this.rev) this.#begin(view);
    if (!this.figure || view.rev !== this.rev) return;
    if (view.frame) this.#apply(view.frame);
    this.#render();
  }

  #begin({ rev, base }) {
    this.rev = rev;
    this.figure = { data: unpackAll(base.data ?? []), layout: unpackAll(base.layout ?? {}) };
    this.figure.layout.uirevision ??= `${this.data.view}`;
    const text = base.layout?.meta?.description;
    if (text) this.node.setAttribute("aria-label", text);
  }

  #apply({ traces = {}, layout = {} }) {
    for (const [index, patch] of Object.entries(traces)) {
      // A fresh trace object tells Plotly that it changed; the others stay the same object and cost nothing.
      const trace = { ...this.figure.data[index] };
      for (const [path, value] of Object.entries(patch)) setAt(trace, path, isPacked(value) ? unpack(value) : value);
      this.figure.data[index] = trace;
    }
    for (const [path, value] of Object.entries(layout)) setAt(this.figure.layout, path, unpackAll(value));
  }

  themed() {
    this.template = plotTemplate(this.theme);
    if (this.figure) this.#render();
  }

  resized() {
    if (!this.figure || this.resizing) return;
    this.resizing = requestAnimationFrame(() => {
      this.resizing = null;
      this.#render();
    });
  }

  async #render() {
    const width = this.root.clientWidth;
    const height = this.root.clientHeight;
    if (!width || !height) return;
    const Plotly = globalThis.Plotly ?? (await this.#loaded());
    if (!Plotly || this.destroyed) return;
    const layout = { ...this.figure.layout, width, height, template: this.#template() };
    layout.margin ??= { l: 44, r: 12, t: 28, b: 36 };
    const config = this.figure.data.some((trace) => trace.type === "surface" || trace.scene) ? CONFIG_3D : CONFIG;
    Plotly.react(this.node, [...this.figure.data], layout, config);
    this.root.dataset.ready = "true";
  }

  /** Plotly, once it is here. Frames that arrive while it loads draw only once, when it has. */
  async #loaded() {
    if (this.loading) return null;
    this.loading = true;
    try {
      return await plotly();
    } finally {
      this.loading = false;
    }
  }

  #template() {
    const own = this.figure.layout.template;
    if (!own) return this.template;
    return { ...own, layout: { ...own.layout, ...this.template.layout } };
  }

  destroy() {
    this.destroyed = true;
    cancelAnimationFrame(this.resizing);
    globalThis.Plotly?.purge(this.node);
    super.destroy();
  }
}

/** Set `target["a.b"]` the way Plotly's restyle does, copying the levels on the way down. */
export function setAt(target, path, value) {
  const keys = path.split(".");
  const last = keys.pop();
  let level = target;
  for (const key of keys) {
    level[key] = Array.isArray(level[key]) ? [...level[key]] : { ...level[key] };
    level = level[key];
  }
  level[last] = value;
}
