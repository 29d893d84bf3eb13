// One map on a canvas: its pixels as crisp squares, their numbers where there is room, and the window on it.

import { DIVERGING } from "./theme.js";

const GRID_FROM = 11; // CSS pixels a cell needs for lines between the cells
const NUMBERS_FROM = 27; // and for its number
const FAINT = 0.13; // how much is seen of what has not been worked out yet
const NOTHING = 1e-6; // a map of no more than this is white
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class HandMap {
  /** act = {point({row, column} or null), press({row, column}), move(rows, columns), toggle()}. */
  constructor(parent, act) {
    this.node = document.createElement("figure");
    this.node.className = "np-hand-map";
    this.caption = document.createElement("figcaption");
    this.canvas = document.createElement("canvas");
    this.canvas.tabIndex = 0;
    this.canvas.className = "np-own-keys"; // the arrow keys are its own, not the page's
    this.canvas.setAttribute("role", "img");
    this.node.append(this.caption, this.canvas);
    parent.append(this.node);
    this.layer = document.createElement("canvas");
    this.#listen(act);
  }

  #listen(act) {
    this.canvas.addEventListener("pointermove", (event) => act.point(this.#cell(event)));
    this.canvas.addEventListener("pointerleave", () => act.point(null));
    this.canvas.addEventListener("pointerdown", (event) => {
      const cell = this.#cell(event);
      if (cell) act.press(cell);
    });
    this.canvas.addEventListener("keydown", (event) => {
      const step = ARROWS[event.key];
      if (step) act.move(...step);
      else if (event.key === "Enter") act.toggle();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  #cell({ clientX, clientY }) {
    if (!this.zoom) return null;
    const { left, top } = this.canvas.getBoundingClientRect();
    const ring = this.map.padding;
    const row = Math.floor((clientY - top) / this.zoom) - ring;
    const column = Math.floor((clientX - left) / this.zoom) - ring;
    const { height, width } = this.map;
    const inside = row >= -ring && row < height + ring && column >= -ring && column < width + ring;
    return inside ? { row, column } : null;
  }

  /** Draw `{values (one channel), height, width, padding, scale, cells, at, done, caption}` into `room` CSS pixels.
   *
   * scale: see `scaleOf`; cells: those under the window; at: the output that is looked at, {row, column}; done: how many
   * outputs are worked out, all of them where it is not given. */
  draw(map, room, theme) {
    this.map = map;
    this.caption.textContent = map.caption;
    const rows = map.height + 2 * map.padding;
    const columns = map.width + 2 * map.padding;
    const side = Math.max(rows, columns);
    const ratio = globalThis.devicePixelRatio || 1;
    const whole = Math.max(1, Math.floor((room * ratio) / side)); // whole device pixels a cell: crisp
    this.zoom = side ? whole / ratio : 0;
    this.canvas.width = Math.max(1, columns * whole);
    this.canvas.height = Math.max(1, rows * whole);
    this.canvas.style.width = `${columns * this.zoom}px`;
    this.canvas.style.height = `${rows * this.zoom}px`;
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    if (!map.height || !map.width) return;
    this.#ring(context, map, theme);
    this.#pixels(context, map);
    if (this.zoom >= GRID_FROM) this.#grid(context, rows, columns);
    if (this.zoom >= NUMBERS_FROM) this.#numbers(context, map);
    this.#window(context, map);
  }

  /** The padding: not part of the image, but the window sees zeros there. */
  #ring(context, { padding, height, width }, theme) {
    if (!padding) return;
    const [w, h] = [(width + 2 * padding) * this.zoom, (height + 2 * padding) * this.zoom];
    context.fillStyle = theme.surface;
    context.fillRect(0, 0, w, h);
    context.strokeStyle = theme.border;
    context.setLineDash([3, 3]);
    context.strokeRect(0.5, 0.5, w - 1, h - 1);
    context.setLineDash([]);
  }

  #pixels(context, { values, height, width, padding, scale, done }) {
    this.layer.width = width;
    this.layer.height = height;
    const image = new ImageData(width, height);
    const words = new Uint32Array(image.data.buffer);
    for (let at = 0; at < words.length; at += 1) words[at] = scale.table[levelOf(values[at], scale)];
    const from = done ?? words.length;
    for (let at = from; at < words.length; at += 1) image.data[4 * at + 3] = 255 * FAINT;
    this.layer.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingEnabled = false;
    const start = padding * this.zoom;
    context.drawImage(this.layer, start, start, width * this.zoom, height * this.zoom);
  }

  #grid(context, rows, columns) {
    context.strokeStyle = "rgb(128 128 128 / 28%)";
    context.lineWidth = 1;
    context.beginPath();
    for (let row = 0; row <= rows; row += 1) line(context, 0, row * this.zoom, columns * this.zoom, row * this.zoom);
    for (let column = 0; column <= columns; column += 1) line(context, column * this.zoom, 0, column * this.zoom, rows * this.zoom);
    context.stroke();
  }

  #numbers(context, { values, height, width, padding, scale, done }) {
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.font = `${Math.min(14, this.zoom * 0.36)}px sans-serif`;
    for (let at = 0; at < Math.min(height * width, done ?? Infinity); at += 1) {
      context.fillStyle = scale.ink[levelOf(values[at], scale)];
      const [row, column] = [Math.floor(at / width) + padding, (at % width) + padding];
      context.fillText(brief(values[at]), (column + 0.5) * this.zoom, (row + 0.5) * this.zoom);
    }
  }

  /** The window, its cells outlined one by one where they lie apart; and the output that is looked at. */
  #window(context, { cells, at, padding }) {
    const marked = cells ?? (at ? [at] : []);
    if (!marked.length) return;
    const last = marked.at(-1);
    const apart = cells && cells.length > 1 && cells[1].column - cells[0].column > 1;
    this.#frame(context, marked[0], last, padding, apart ? [4, 3] : []);
    if (apart) for (const cell of marked) this.#frame(context, cell, cell, padding, []);
  }

  #frame(context, first, last, padding, dash) {
    const x = (first.column + padding) * this.zoom;
    const y = (first.row + padding) * this.zoom;
    const [w, h] = [(last.column - first.column + 1) * this.zoom, (last.row - first.row + 1) * this.zoom];
    context.setLineDash(dash);
    for (const [width, colour] of [[4, "#ffffff"], [2, "#d6006c"]]) {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.strokeRect(x + 0.5, y + 0.5, Math.max(1, w - 1), Math.max(1, h - 1));
    }
    context.setLineDash([]);
  }
}

function line(context, x0, y0, x1, y1) {
  context.moveTo(x0 + 0.5, y0 + 0.5);
  context.lineTo(x1 + 0.5, y1 + 0.5);
}

const GREYS = new Uint32Array(Uint8ClampedArray.from({ length: 1024 }, (_, at) => (at % 4 === 3 ? 255 : Math.floor(at / 4))).buffer);

/** How values become colours: an image's from black to white, other numbers from orange over white (0) to blue. */
export function scaleOf(values, { grey = false } = {}) {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (grey) {
    const within = least >= 0 && most <= 1;
    return finished(GREYS, within ? 0 : least, within ? 1 : Math.max(most, least + NOTHING));
  }
  const bound = Math.max(Math.abs(least), Math.abs(most), NOTHING);
  return finished(DIVERGING, -bound, bound);
}

function finished(table, lo, hi) {
  return { table, lo, hi, ink: inks(table) };
}

const kept = new Map();

/** Black or white, whichever stands out more from each of a table's colours (WCAG's relative luminance). */
function inks(table) {
  if (!kept.has(table)) {
    const parts = new Uint8Array(table.buffer);
    const light = (at) => [0.2126, 0.7152, 0.0722].reduce((sum, share, c) => sum + share * linear(parts[4 * at + c] / 255), 0);
    kept.set(table, Array.from(table, (_, at) => ((light(at) + 0.05) ** 2 > 0.0525 ? "#000000" : "#ffffff")));
  }
  return kept.get(table);
}

function linear(part) {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

export function levelOf(value, { lo, hi }) {
  return Math.max(0, Math.min(255, Math.round((255 * (value - lo)) / (hi - lo)))) || 0;
}

/** A colour of a scale as CSS, and the ink to write on it. */
export function paintOf(value, scale) {
  const level = levelOf(value, scale);
  const [red, green, blue] = new Uint8Array(scale.table.buffer, 4 * level, 3);
  return { background: `rgb(${red} ${green} ${blue})`, color: scale.ink[level] };
}

/** A number in the least room: two digits behind the point, none where there is nothing. */
export function brief(value) {
  if (value === -Infinity) return "";
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
  const short = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return (short === "-0" ? "0" : short).replace("-", "−");
}
