// Single small maps, each on a canvas of its own with a frame around some of its cells; and the words of a sum.

import { bytes } from "./arrays.js";
import { factor } from "./format.js";
import { DIVERGING } from "./theme.js";

const scratch = document.createElement("canvas");
const MOST_TERMS = 17;

export class Picture {
  /** @param {number} side CSS pixels of the longer side, at most */
  constructor(side) {
    this.side = side;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "np-maps-picture";
  }

  /** Draw map `index` of some; mark: {row, column, side} of the cells to frame, in the colour `rgb`. */
  draw({ packed, shape: [, h, w] }, index, mark = null, rgb = [0, 0, 0]) {
    const dense = devicePixelRatio || 1;
    const longer = Math.max(h, w);
    // Whole pixels of the screen for every cell, where there is room for one.
    const dots = (this.side * dense) / longer;
    const scale = dots >= 1 ? Math.floor(dots) : dots;
    const context = this.#sized(w, h, scale, dense);
    const raw = bytes(packed.bdata).subarray(index * h * w, (index + 1) * h * w);
    const image = new ImageData(w, h);
    const words = new Uint32Array(image.data.buffer);
    for (let i = 0; i < words.length; i += 1) words[i] = DIVERGING[raw[i]];
    scratch.width = w;
    scratch.height = h;
    scratch.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingEnabled = scale < 1;
    context.drawImage(scratch, 0, 0, this.canvas.width, this.canvas.height);
    if (!mark) return;
    context.strokeStyle = `rgb(${rgb})`;
    context.lineWidth = 2 * dense;
    const side = Math.max(mark.side * scale, 3);
    context.strokeRect(mark.column * scale, mark.row * scale, side, side);
  }

  #sized(w, h, scale, dense) {
    const width = Math.max(1, Math.round(w * scale));
    const height = Math.max(1, Math.round(h * scale));
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.canvas.style.width = `${width / dense}px`;
      this.canvas.style.height = `${height / dense}px`;
    }
    return this.canvas.getContext("2d");
  }
}

/** The [row, column] of a map's cell under the pointer; null beside it. */
export function cellAt(canvas, { clientX, clientY }, [rows, columns]) {
  const box = canvas.getBoundingClientRect();
  const row = Math.floor(((clientY - box.top) / box.height) * rows);
  const column = Math.floor(((clientX - box.left) / box.width) * columns);
  return row >= 0 && row < rows && column >= 0 && column < columns ? [row, column] : null;
}

/** Where an arrow key leads from a cell; null for any other key. */
export function arrowStep(key, [row, column], [rows, columns]) {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  if (!step) return null;
  const within = (value, count) => Math.min(count - 1, Math.max(0, value));
  return [within(row + step[0], rows), within(column + step[1], columns)];
}

/** One pixel of a map, worked out in words: "0.12 − 0.31 + bias 0.03 = −0.16". */
export function wordsOf({ how, label, size, given, channels, of }, { at, value, adds, rest, bias, cells, source }, same) {
  const total = factor(value);
  if (how === "sum" || how === "stamp") {
    const more = (of ?? channels.length) > channels.length ? [["the others ", rest]] : [];
    const terms = [...adds.slice(0, MOST_TERMS).map((add) => ["", add]), ...more, ["bias ", bias]];
    return `${terms.map(([name, number], index) => term(name, number, index)).join(" ")} = ${total}`;
  }
  if (how === "window") {
    const seen = Array.from(cells[0]).flatMap((line) => [...line]).filter((number) => !Number.isNaN(number));
    const list = seen.length <= 16 ? seen.map(factor).join(", ") : `${seen.length} values`;
    return /max/i.test(label) ? `the largest of ${list} is ${total}` : `the mean of ${list} is ${total}`;
  }
  if (how === "add") return `${factor(source[0])} ${source[1] < 0 ? "−" : "+"} ${factor(Math.abs(source[1]))} = ${total}`;
  return same ? `${factor(source[0])} becomes ${total} at row ${at[0] + 1}, column ${at[1] + 1}` : `${given.join(" × ")} values become ${size.join(" × ")}`;
}

function term(name, number, index) {
  const sign = number < 0 ? "−" : "+";
  const size = factor(Math.abs(number));
  return index === 0 ? `${number < 0 ? "−" : ""}${name}${size}` : `${sign} ${name}${size}`;
}
