// One moment of a grid: what the studio's job "grid" sends, unpacked, and asked for by the number of a cell.

import { decode, isPacked } from "./arrays.js";

export const MEASURES = ["train_loss", "test_loss", "train_metric", "test_metric"];

const plain = (value) => (isPacked(value) ? decode(value).values : Float32Array.from(value ?? []));

export class Frame {
  constructor(raw) {
    this.raw = raw;
    this.count = raw.count;
    this.metric = raw.metric;
    this.times = plain(raw.times);
    this.cells = plain(raw.cells);
    this.able = this.cells.length;
    this.row = new Int32Array(raw.count).fill(-1); // number of a cell in the grid -> its row here
    this.cells.forEach((index, row) => (this.row[index] = row));
    this.curves = raw.curves.map(unsqueeze);
    this.now = plain(raw.now);
    this.best = plain(raw.best);
    this.reach = plain(raw.reach);
    this.epoch = plain(raw.epoch);
    this.parameters = plain(raw.parameters);
    this.groundOf = plain(raw.ground_of);
    this.grounds = raw.grounds.map(unpackGround);
    this.#places(raw.pictures);
  }

  /** Of every cell, where its picture is. */
  #places(pictures) {
    this.pictures = pictures.map((picture) => ({ ...picture, z: plain(picture.z), shapes: picture.shapes && plain(picture.shapes) }));
    const seen = pictures.map(() => ({ count: 0, from: 0 }));
    this.spot = Array.from(this.groundOf, (set) => {
      if (set < 0) return null;
      const { side, shapes } = this.pictures[set];
      const at = seen[set];
      const kind = this.grounds[set].kind;
      const shape = kind === "filters" ? Array.from(shapes.subarray(3 * at.count, 3 * at.count + 3)) : kind === "fit" ? [side] : [side, side];
      const size = shape.reduce((product, n) => product * n, 1);
      const spot = { set, shape, from: at.from, size };
      at.count += 1;
      at.from += size;
      return spot;
    });
  }

  has(index) {
    return this.row[index] >= 0;
  }

  /** "ready", "running", "finished", "diverged", "failed"; "impossible" for one that cannot be built. */
  status(index) {
    return this.has(index) ? this.raw.status[this.row[index]] : "impossible";
  }

  problem(index) {
    return this.raw.problems[index] ?? "";
  }

  /** A number of a cell, NaN where there is none; what: "now", "best" or "reach". */
  value(index, measure, what = "now") {
    const row = this.row[index];
    if (row < 0) return NaN;
    if (what === "reach") return this.reach[row];
    return this[what][MEASURES.indexOf(measure) * this.able + row];
  }

  /** What was measured of a cell at `times`. */
  curve(index, measure) {
    const { row, times } = this;
    const from = row[index] * times.length;
    return row[index] < 0 ? null : this.curves[MEASURES.indexOf(measure)].values.subarray(from, from + times.length);
  }

  /** The picture of a cell: `{ground, shape, z}`, null without one. */
  picture(index) {
    const spot = this.has(index) ? this.spot[this.row[index]] : null;
    if (!spot) return null;
    return { ground: this.grounds[spot.set], shape: spot.shape, z: this.pictures[spot.set].z.subarray(spot.from, spot.from + spot.size) };
  }
}

/** 16-bit numbers to what they stand for; 0 is none. */
function unsqueeze({ v, low, high, log }) {
  const raw = plain(v);
  const values = new Float32Array(raw.length);
  const ratio = log && high > low ? Math.log(high / low) : 0;
  for (let i = 0; i < raw.length; i += 1) {
    const share = (raw[i] - 1) / 65534;
    values[i] = raw[i] === 0 ? NaN : log ? low * Math.exp(ratio * share) : low + (high - low) * share;
  }
  return { values, low, high, log };
}

function unpackGround(ground) {
  const arrays = ["x", "y", "targets"].filter((name) => ground[name]);
  return { ...ground, ...Object.fromEntries(arrays.map((name) => [name, plain(ground[name])])) };
}

/** The number in the middle of numbers, and the quarters on either side; NaN where there are none. */
export function quartiles(values) {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const at = (share) => {
    if (!sorted.length) return NaN;
    const place = share * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return low === high ? low : low + (high - low) * (place % 1);
  };
  return { low: at(0.25), middle: at(0.5), high: at(0.75), least: at(0), most: at(1), count: sorted.length };
}
