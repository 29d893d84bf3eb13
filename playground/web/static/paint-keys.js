// Painting by keyboard: a cross that the arrow keys move, and keys that paint and erase there.

import { labelFor, valueOf } from "./paint-points.js";

export const ABOUT =
  "Canvas to paint on. Arrow keys move a cross, Enter paints a point, Delete erases, number keys pick the class, Escape ends.";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const STRIDE = 0.25; // of the cross, in units of the plane
const LONG_STRIDE = 1; // with Shift
const SHORT_STRIDE = 0.05; // with Alt
const REACH = 12; // pixels around the cross that Delete erases
const VALUE_STEP = 0.1;

export class PaintKeys {
  /** painter: see there; it has canvas, painting, given, label, put(), rub(), done(), pick(), step(), say(), redraw(). */
  constructor(surface, painter) {
    this.painter = painter;
    this.cross = null; // where it is on the plane, while it is there
    surface.addEventListener("keydown", (event) => {
      if (!this.#pressed(event)) return;
      event.preventDefault();
      event.stopPropagation();
    });
    for (const name of ["blur", "pointerdown"]) surface.addEventListener(name, () => this.#put(null));
  }

  /** Whether a key means something here. */
  #pressed(event) {
    const { key } = event;
    if (!this.painter.canvas.area) return false;
    if (event.ctrlKey || event.metaKey) return this.#stepped(event);
    if (ARROWS[key]) this.#move(...ARROWS[key], event.shiftKey ? LONG_STRIDE : event.altKey ? SHORT_STRIDE : STRIDE);
    else if (key === "Enter") this.#act((left, top) => this.painter.put(left, top), "Painted");
    else if (key === "Delete" || key === "Backspace") this.#act((left, top) => this.painter.rub(left, top, REACH), "Erased");
    else if (key === "Escape") this.#leave();
    else return this.#picked(key);
    return true;
  }

  #stepped({ key, shiftKey }) {
    const letter = key.toLowerCase();
    if (letter !== "z" && letter !== "y") return false;
    this.painter.step(letter === "y" || shiftKey ? "redo" : "undo");
    return true;
  }

  /** Number keys pick a class, plus and minus a value. */
  #picked(key) {
    const { given, label } = this.painter;
    const sign = { "+": 1, "-": -1 }[key];
    if (given.task === "regression" && sign) this.painter.pick({ label: labelFor(valueOf(label) + sign * VALUE_STEP) });
    else if (given.task === "classification" && given.names[Number(key) - 1]) this.painter.pick({ label: Number(key) - 1 });
    else return false;
    return true;
  }

  #move(dx, dy, by) {
    const { x, y } = this.painter.canvas.area;
    const [left, up] = this.cross ?? [(x[0] + x[1]) / 2, (y[0] + y[1]) / 2];
    const within = (value, [low, high]) => Math.min(high, Math.max(low, value));
    this.#put([within(left + dx * by, x), within(up + dy * by, y)]);
    this.painter.say(this.cross.map((each) => each.toFixed(2).replace("-", "−")).join(", "), "place");
  }

  #put(cross) {
    this.cross = cross;
    this.painter.redraw();
  }

  #act(act, word) {
    if (!this.cross) this.#move(0, 0, 0);
    act(...this.painter.canvas.toPixels(...this.cross));
    this.painter.done();
    this.painter.say(`${word}. ${this.painter.painting.points.size} points.`, "place");
  }

  #leave() {
    this.painter.turn(false);
    this.painter.bar.toggle.focus();
  }
}
