// Painted points: each a 32-bit number, x (12 bits), y (12 bits), label (8 bits). playground/experiment/painting.py has
// the same form; a set of points has one text there and here.

import { bytes } from "./arrays.js";

export const REACH = 6;
const STEPS = 4095;
const VALUE_STEPS = 127; // a label of 0, 127, 254 is the value -1, 0, +1
const MOST_STEPS_BACK = 100;

/** A place in [-6, 6]² and a label (a class, or `labelOf` a value) as one number. */
export function point(x, y, label) {
  return ((step(x) << 20) | (step(y) << 8) | label) >>> 0;
}

function step(value) {
  return Math.round(((Math.min(REACH, Math.max(-REACH, value)) + REACH) * STEPS) / (2 * REACH));
}

export const xOf = (point) => ((point >>> 20) * 2 * REACH) / STEPS - REACH;
export const yOf = (point) => (((point >>> 8) & 0xfff) * 2 * REACH) / STEPS - REACH;
export const labelOf = (point) => point & 0xff;
/** Where a point is, whatever its label: equal numbers are equal places. */
export const placeOf = (point) => point >>> 8;
export const valueOf = (label) => (label - VALUE_STEPS) / VALUE_STEPS;
export const labelFor = (value) => Math.round((Math.min(1, Math.max(-1, value)) + 1) * VALUE_STEPS);

/** The one text of a set of points: sorted, 4 bytes each, base64url. */
export function pack(points) {
  const sorted = Uint32Array.from(points).sort();
  const view = new DataView(new ArrayBuffer(4 * sorted.length));
  sorted.forEach((each, index) => view.setUint32(4 * index, each));
  const text = Array.from(new Uint8Array(view.buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The points of a text that `pack` wrote. */
export function unpack(text) {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  const raw = bytes(base64 + "=".repeat(-base64.length & 3));
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Uint32Array.from({ length: raw.length >> 2 }, (_, index) => view.getUint32(4 * index));
}

/** A painting in work: its points, and every state it was in after a stroke, to go back and forth. */
export class Painting {
  constructor(text = "") {
    this.reset(text);
  }

  /** Begin with these points; there is nothing to undo. */
  reset(text) {
    this.states = [text];
    this.now = 0;
    this.#restore();
  }

  get text() {
    return this.states[this.now];
  }

  get canUndo() {
    return this.now > 0;
  }

  get canRedo() {
    return this.now < this.states.length - 1;
  }

  /** What somebody else made of the points: a step back or forth where it is one, else a new state. */
  adopt(text) {
    if (text === this.text) return;
    const near = [this.now - 1, this.now + 1].find((at) => this.states[at] === text);
    if (near === undefined) this.#push(text);
    else this.now = near;
    this.#restore();
  }

  /** The stroke is done. Whether it changed anything. */
  commit() {
    const text = pack(this.points);
    if (text === this.text) return false;
    this.#push(text);
    return true;
  }

  /** Back to how it was before the stroke that has begun. */
  cancel() {
    this.#restore();
  }

  /** Undo (-1) or redo (+1). Whether there was anything to. */
  go(by) {
    if (this.states[this.now + by] === undefined) return false;
    this.now += by;
    this.#restore();
    return true;
  }

  #push(text) {
    this.states = [...this.states.slice(0, this.now + 1), text].slice(-MOST_STEPS_BACK);
    this.now = this.states.length - 1;
  }

  #restore() {
    this.points = new Set(unpack(this.text));
  }
}

/** What these points still lack before a network can learn them, as a sentence; empty when nothing. */
export function lack(points, task) {
  if (points.size === 0) return "Click or drag to paint. The network keeps the points before.";
  if (points.size === 1) return "One point is not enough. The network keeps the points before.";
  if (task === "regression") return "";
  const [first] = points;
  for (const each of points) if (labelOf(each) !== labelOf(first)) return "";
  return "Now paint another class. The network keeps the points before.";
}
