// A Plotly figure that follows a run: one DOM node, drawn anew with Plotly.react, so zoom and camera stay.

import { isPacked, unpack, unpackAll } from "./arrays.js";
import { fitted, steady } from "./camera.js";
import { repaint } from "./heatmap.js";
import { LiveComponent } from "./live-component.js";
import { picked } from "./picked.js";
import { Painter } from "./paint.js";
import { Hold } from "./hold.js";
import { Measuring } from "./measuring.js";
import { plotly } from "./plotly.js";
import { plotTemplate } from "./plotly-theme.js";
import { Teleport } from "./teleport.js";

const CONFIG = {
  displaylogo: false,
  displayModeBar: "hover",
  responsive: false,
  scrollZoom: false,
  modeBarButtons: [["toImage", "resetScale2d"]],
};
const CONFIG_3D = {
  ...CONFIG,
  modeBarButtons: [["toImage", "resetCameraDefault3d"]],
  plotGlPixelRatio: Math.min(2, globalThis.devicePixelRatio || 1), // the default of 2 is four times the work
};

/** Views over the time of a run, and what their x axis counts. A click in one takes the page to that moment. */
const TIME_AXIS = {
  curves: "epoch",
  gradients: "epoch",
  units: "epoch",
  weight_history: "epoch",
  sharpness: "epoch",
};

export class PlotlyView extends LiveComponent {
  constructor(root) {
    super(root);
    this.node = document.createElement("div");
    this.node.className = "np-plot-node";
    this.node.setAttribute("role", "figure"); // not "img": its buttons would be hidden from those who hear the page
    this.root.append(this.node);
    this.rev = null;
    this.figure = null;
    this.marked = null;
    this.stale = false; // whether the picture is behind the figure
  }

  get name() {
    return this.data.view;
  }

  views() {
    return this.measuring?.halted ? {} : { [this.data.view]: this.options };
  }

  updated(before) {
    this.root.style.height = this.data.height;
    if (before.view !== undefined && before.view !== this.data.view) this.connection?.refresh();
    if (!this.node.hasAttribute("aria-label")) this.node.setAttribute("aria-label", this.data.label ?? this.data.view);
    this.#painting();
  }

  /** The painting tools, where the points are a person's to change. */
  #painting() {
    if (!this.data.paint) {
      this.painter?.destroy();
      this.painter = null;
      return;
    }
    if (!this.painter) {
      this.painter = new Painter(this.root, this.node, (event) => this.emit("paint", event));
      if (this.figure) this.painter.based(this.figure);
    }
    this.painter.update(this.data.paint);
    this.painter.place();
  }

  left() {
    this.measuring?.halt(false);
    this.rev = null; // another run's base will come; its picture replaces this one without a blank between
  }

  draw({ views, status }) {
    const view = views?.[this.data.view];
    if (this.painter && status) this.painter.playing = status.state === "playing";
    if (view?.base && view.rev !== this.rev) this.#begin(view);
    if (view?.frame && view.rev === this.rev) this.#move(view.frame);
    if (view) this.#failure(view.error ?? this.figure?.layout.meta?.said);
    if (this.#mark(status)) this.stale = true;
    if (this.figure && this.stale) this.#render();
  }

  /** Take a frame in: straight into the picture where that is enough, by Plotly otherwise. */
  #move(frame) {
    const quick = !this.stale && isOneMap(frame) && repaint(this.node, ...oneMap(frame));
    this.#apply(frame);
    this.stale ||= !quick;
  }

  /** Why there is no picture, in the picture's place. */
  #failure(text) {
    if (this.root.dataset.failure === (text ?? "")) return;
    this.root.dataset.failure = text ?? "";
    if (text) this.root.dataset.ready = "true";
  }

  /** Over time, a line at the moment that is looked at. True when it moved. */
  #mark(status) {
    const axis = TIME_AXIS[this.data.view];
    if (!axis || !status) return false;
    const past = status.at !== null && status.at !== undefined ? status.moment : null;
    this.perEpoch = status.steps_per_epoch;
    const place = past?.[axis] ?? null;
    if (place === this.marked) return false;
    this.marked = place;
    return true;
  }

  #begin({ rev, base }) {
    this.rev = rev;
    this.figure = { data: unpackAll(base.data ?? []), layout: unpackAll(base.layout ?? {}) };
    this.figure.layout.uirevision ??= `${this.data.view}`;
    this.stale = true;
    this.painter?.based(this.figure);
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
    const { share } = this.figure.layout.meta ?? {};
    if (share !== undefined) this.#measured(share);
  }

  /** A picture that is measured bit by bit says how far it is. */
  #measured(share) {
    this.measuring ??= new Measuring(this.root, { halt: () => this.#haltAll(true), resume: () => this.#haltAll(false) });
    this.measuring.show(share);
  }

  /** Ask no more for pictures that are being measured, or ask for them again; all of them show the same. */
  #haltAll(on) {
    for (const member of this.connection?.members ?? []) member.halt?.(on);
    this.connection?.refresh();
  }

  /** Stop measuring, or go on. */
  halt(on) {
    if (this.measuring) this.measuring.halt(on);
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
    this.stale = true;
    if (this.hold?.held) return; // it is drawn when it is let go
    this.stale = false;
    const layout = { ...this.figure.layout, width, height, template: this.#template() };
    layout.margin ??= { l: 44, r: 12, t: 28, b: 36 };
    const solid = this.figure.data.some(({ type }) => type === "surface" || type === "scatter3d");
    if (solid) this.hold ??= new Hold(this.node, () => this.stale && this.#render());
    if (solid) layout.scene = { ...layout.scene, camera: this.#camera() ?? fitted(layout.scene?.camera, width, height) };
    const config = solid ? CONFIG_3D : CONFIG;
    if (this.marked !== null) layout.shapes = [...(layout.shapes ?? []), momentLine(this.marked, this.theme)];
    Plotly.react(this.node, [...this.figure.data], layout, config).then(() => solid && steady(this.node));
    this.painter?.place();
    if (!this.root.dataset.ready) this.#drawnOnce();
  }

  /** Where the person has turned the picture to; null before there is one. */
  #camera() {
    return this.node._fullLayout?.scene?._scene?.getCamera?.() ?? null;
  }

  #drawnOnce() {
    this.root.dataset.ready = "true";
    if (this.data.teleport) this.teleport = new Teleport(this.node, (x, y) => this.#jump(x, y));
    this.node.on("plotly_click", ({ points }) => this.#pick(points[0]));
    const axis = TIME_AXIS[this.data.view];
    if (!axis) return;
    this.node.on("plotly_click", ({ points }) => {
      const step = axis === "epoch" ? Math.round(points[0].x * (this.perEpoch ?? Number.NaN)) : points[0].x;
      if (Number.isFinite(step)) this.connection?.seek(step);
    });
  }

  /** A point that stands for an image was pressed: it is picked for the whole page. */
  #pick({ data, pointNumber }) {
    const pick = data.meta?.picks?.[pointNumber];
    if (pick) picked(this.data.run_id).set(pick);
  }

  /** Put the run's weights at a point of the plane that is shown, and look at the run: who looked at the past sees it. */
  #jump(x, y) {
    const { plane, origin = [0, 0] } = this.figure.layout.meta ?? {};
    if (!plane) return;
    this.connection?.control("teleport", { plane, x: x - origin[0], y: y - origin[1] });
    this.connection?.seek(null);
  }

  /** Plotly, once it is here. Frames that arrive while it loads draw only once, when it has; a later one tries again. */
  async #loaded() {
    if (this.loading) return null;
    this.loading = true;
    try {
      return await plotly();
    } catch (error) {
      this.#failure(`${error.message}.`);
      return null;
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
    this.painter?.destroy();
    this.teleport?.destroy();
    this.hold?.destroy();
    globalThis.Plotly?.purge(this.node);
    super.destroy();
  }
}

/** Whether a frame moves one trace's z and nothing else. */
function isOneMap({ traces = {}, layout = {} }) {
  const patches = Object.values(traces);
  return patches.length === 1 && Object.keys(patches[0]).join() === "z" && Object.keys(layout).length === 0;
}

function oneMap({ traces }) {
  const [[index, { z }]] = Object.entries(traces);
  return [Number(index), z];
}

export function momentLine(x, { text }) {
  const line = { color: text, width: 1.5, dash: "dot" };
  return { type: "line", xref: "x", yref: "paper", x0: x, x1: x, y0: 0, y1: 1, line, layer: "above" };
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
