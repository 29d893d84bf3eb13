// Painting points on the plot: what a pointer or the keys do there, and when the page is told.
//
// Points appear at once, on a canvas of their own; at the end of a stroke the whole set goes to Python, and comes back as
// the figure's own points. Whatever comes back is counted against what was sent last, so that an answer that is behind
// never takes a newer stroke away.

import { PaintBar } from "./paint-bar.js";
import { areaOf, PaintCanvas } from "./paint-canvas.js";
import { ABOUT, PaintKeys } from "./paint-keys.js";
import { labelFor, lack, pack, Painting, point, xOf, yOf } from "./paint-points.js";
import { Strokes } from "./paint-strokes.js";

const ANSWER_MS = 4000; // then a stroke is sent again: Streamlit drops what it hears while it reconnects
const TRIES = 3;
const PART_MS = 500; // how often Python is told of a stroke that goes on, while the network learns
const CHIP_MS = 6000;
const ROOM = 68; // pixels left of the plot's area that the switch needs for its word

export class Painter {
  /** Over the plot drawn in `node`, a child of `root`. `send(event)` tells Python. */
  constructor(root, node, send) {
    Object.assign(this, { root, node, send });
    this.on = false;
    this.brush = "pen";
    this.label = null;
    this.playing = false; // whether the network learns just now
    this.sent = { serial: 0, at: 0, tries: 0 };
    this.painting = new Painting();
    this.layer = document.createElement("div");
    this.layer.className = "np-paint";
    this.bar = new PaintBar(this.layer, {
      toggle: () => this.turn(!this.on),
      pick: (picked) => this.pick(picked),
      step: (name) => this.step(name),
    });
    this.surface = this.#surface();
    this.chip = document.createElement("p");
    this.chip.className = "np-paint-chip";
    this.chip.setAttribute("role", "status");
    this.layer.append(this.surface, this.chip);
    this.canvas = new PaintCanvas(this.surface);
    this.strokes = new Strokes(this.surface, this);
    this.keys = new PaintKeys(this.surface, this);
    root.append(this.layer);
  }

  #surface() {
    const surface = document.createElement("div");
    surface.className = "np-paint-surface";
    surface.tabIndex = 0;
    surface.setAttribute("role", "application");
    surface.setAttribute("aria-label", ABOUT);
    return surface;
  }

  /** What Python says: `{points, task, source, names, colours, edges, sizes, most, seen, error, invited}`. */
  update(given) {
    const before = this.given;
    this.given = given;
    this.look = { task: given.task, colours: given.colours, edges: given.edges, sizes: given.sizes };
    const other = before?.task !== given.task || (given.source && before?.source !== given.source);
    if (other) this.label = given.task === "regression" ? labelFor(1) : 0;
    if (!before || (!this.#waits && !this.strokes.brush && given.points !== this.known)) {
      this.known = given.points;
      if (other || !this.on) this.painting.reset(given.points);
      else this.painting.adopt(given.points);
    }
    if (before && other && this.on) this.#warn();
    if (before && given.invited > (before.invited ?? 0)) this.turn(true);
    if (given.error) this.say(given.error, "error");
    this.#show();
  }

  /** Another figure: which points test may have changed, and what was painted is in it now. */
  based(figure) {
    this.canvas.based(figure);
    if (this.leaving) this.#left();
    this.redraw();
  }

  /** The plot was drawn: lie over its area. */
  place() {
    const area = areaOf(this.node);
    if (!area) return;
    const key = JSON.stringify([area, devicePixelRatio]);
    if (key === this.placed) return;
    this.placed = key;
    this.canvas.place(area);
    this.layer.dataset.narrow = String(area.left < ROOM);
    this.redraw();
  }

  /** The switch. */
  turn(on) {
    if (this.on === on) return;
    this.on = on;
    clearTimeout(this.leaving);
    this.leaving = null;
    if (on) {
      this.root.dataset.painting = "true";
      this.place(); // somebody may have zoomed in
      this.#warn();
    } else {
      // The figure's own points come back when they are what was painted.
      this.strokes.end();
      const drawn = !this.#waits && performance.now() - this.sent.at > 400;
      this.leaving = setTimeout(() => this.#left(), drawn ? 0 : 1200);
    }
    this.#show();
  }

  /** Painting on a synthetic set makes it another. */
  #warn() {
    const { source } = this.given;
    if (source) this.say(`Your first stroke turns ${source} into points of your own.`, "hint");
  }

  #left() {
    clearTimeout(this.leaving);
    this.leaving = null;
    if (this.on) return;
    delete this.root.dataset.painting;
    this.#show();
  }

  // -- what a stroke does ---------------------------------------------------------------------------------------------

  /** A point of the chosen class or value at a place in pixels. False where there is no room for one. */
  put(left, top) {
    const { points } = this.painting;
    if (points.size >= this.given.most) {
      this.say(`${this.given.most.toLocaleString("en")} points are the most.`);
      return false;
    }
    points.add(point(...this.canvas.toPlane(left, top), this.label));
    return true;
  }

  /** Take away every point within `radius` pixels. */
  rub(left, top, radius) {
    for (const each of this.#near(left, top, radius)) this.painting.points.delete(each);
  }

  /** Whether a point lies within `radius` pixels. */
  occupied(left, top, radius) {
    return !this.#near(left, top, radius).next().done;
  }

  *#near(left, top, radius) {
    for (const each of this.painting.points) {
      const [x, y] = this.canvas.toPixels(xOf(each), yOf(each));
      if (Math.hypot(x - left, y - top) <= radius) yield each;
    }
  }

  /** The stroke goes on. While the network learns it learns what there is of it: the boundary chases the brush. */
  progress() {
    if (!this.playing || this.#waits || performance.now() - Math.max(this.strokes.began, this.sent.at) < PART_MS) return;
    this.#tell(pack(this.painting.points), this.strokes.began);
  }

  /** The stroke (that began then, if it had parts) is done: tell Python what there is now, if it can be learnt. */
  done(began = null) {
    this.painting.commit();
    this.#tell(this.painting.text, began);
    this.#show();
  }

  /** The stroke was taken back. */
  cancelled() {
    this.painting.cancel();
    this.#tell(this.painting.text, this.strokes.began);
    this.#show();
  }

  #tell(text = this.painting.text, stroke = null) {
    if (text === this.known || lack(this.painting.points, this.given.task)) return;
    if (this.said?.level === "hint") this.said = null;
    this.known = text;
    this.sent = { serial: Math.max(Date.now(), this.sent.serial + 1), at: performance.now(), tries: 0, stroke };
    this.#post();
  }

  #post() {
    clearTimeout(this.again);
    this.sent.tries += 1;
    const { serial, stroke } = this.sent;
    this.send({ op: "paint", points: this.known, task: this.given.task, serial, stroke });
    this.again = setTimeout(() => this.#waits && this.#post(), ANSWER_MS);
  }

  /** Whether what Python says is older than what it was told last. */
  get #waits() {
    return this.given.seen < this.sent.serial && this.sent.tries < TRIES;
  }

  /** undo, redo or clear. */
  step(name) {
    if (name === "clear") {
      this.painting.points.clear();
      if (this.brush === "eraser") this.brush = "pen";
      this.done();
    } else if (this.painting.go(name === "undo" ? -1 : 1)) {
      this.#tell();
      this.#show();
    }
  }

  /** Another class or value, or another brush. */
  pick({ label, brush }) {
    if (brush) this.brush = brush;
    else {
      this.label = label;
      if (this.brush === "eraser") this.brush = "pen";
    }
    this.#show();
  }

  // -- what is shown --------------------------------------------------------------------------------------------------

  /** Tell it beside the canvas, for a while. */
  say(text, level = "info") {
    this.said = { text, level };
    clearTimeout(this.forgetting);
    this.forgetting = setTimeout(() => {
      this.said = null;
      this.#chip();
    }, CHIP_MS);
    this.#chip();
  }

  #chip() {
    const wanting = this.given ? lack(this.painting.points, this.given.task) : "";
    const { text, level } = (wanting && this.said?.level !== "place" ? null : this.said) ?? { text: wanting, level: "info" };
    if (this.chip.textContent !== text) this.chip.textContent = text;
    this.chip.dataset.level = level;
    this.chip.hidden = !text || !this.on;
  }

  #show() {
    const { painting, given } = this;
    this.layer.dataset.on = String(this.on);
    this.surface.hidden = !this.on && !this.leaving;
    this.bar.show({
      on: this.on, look: this.look, names: given.names, label: this.label, brush: this.brush, most: given.most,
      canUndo: painting.canUndo, canRedo: painting.canRedo, count: painting.points.size,
    });
    this.#chip();
    this.redraw();
  }

  /** Draw soon; however often it is asked for, once a frame. */
  redraw() {
    this.drawing ??= requestAnimationFrame(() => {
      this.drawing = null;
      if (this.root.dataset.painting !== "true" || !this.look) return;
      const { cross } = this.keys;
      this.canvas.draw(this.painting.points, this.look, { brush: this.on ? this.strokes.shape : null, cross });
      this.bar.count.textContent = String(this.painting.points.size);
    });
  }

  destroy() {
    for (const timer of [this.leaving, this.forgetting, this.again]) clearTimeout(timer);
    cancelAnimationFrame(this.drawing);
    this.strokes.end();
    delete this.root.dataset.painting;
    this.layer.remove();
  }
}
