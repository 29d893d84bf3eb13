// What a frame says about the network, decoded for drawing: an atlas of tiles a column, weights and biases.

import { bytes, decode, shapeOf } from "./arrays.js";
import { DIVERGING } from "./theme.js";

/** Decoded state of the diagram; one for each revision of the network. */
export class Scene {
  constructor(base) {
    this.base = base;
    this.columns = base.columns.map((column) => new Tiles(column));
    this.features = featureTiles(base.columns[0]);
    this.weights = [];
    this.biases = [];
    this.strong = [];
    this.scale = 1;
    this.stand({});
  }

  /** What a person did to the run, from its status: neurons that are silenced, layers that do not learn. */
  stand({ silenced = [], frozen = [] }) {
    this.silenced = new Set(silenced.map(([path, unit]) => `${path} ${unit}`));
    this.frozen = new Set(frozen.map(String));
  }

  isSilenced(column, unit) {
    return this.silenced.has(`${this.columns[column].path} ${unit}`);
  }

  isFrozen(column) {
    return this.frozen.has(this.columns[column].path);
  }

  apply({ tiles = [], weights = [], biases = [], strongest = [] }) {
    tiles.forEach((packed, c) => packed && this.columns[c]?.load(packed));
    this.weights = weights.map((packed) => packed && decode(packed));
    this.biases = biases.map((packed) => packed && decode(packed).values);
    this.strong = strongest.map((one) => one && { units: decode(one.units), weights: decode(one.weights).values });
    let most = 2; // weights of a fresh network are small; let a person see them grow
    for (const weight of this.weights) {
      if (weight) for (const value of weight.values) if (Math.abs(value) > most) most = Math.abs(value);
    }
    this.scale = most;
  }

  /** Weight from unit `from` to unit `to` of link number `link`; null when the frame has none. */
  weight(link, to, from) {
    const weight = this.weights[link];
    return weight ? weight.values[to * weight.shape[1] + from] : null;
  }

  /** The strongest weights into unit `to` of a link whose units are not all shown: [[from, weight], ...]. */
  strongest(link, to) {
    const one = this.strong[link];
    if (!one) return [];
    const [, count] = one.units.shape;
    const places = Array.from({ length: count }, (_, i) => to * count + i);
    return places.map((place) => [one.units.values[place], one.weights[place]]);
  }

  /** Bias of a unit: of whichever link ends in its column. */
  bias(column, unit) {
    const link = this.base.links.findIndex(([, to]) => to === column);
    return this.biases[link]?.[unit] ?? null;
  }

  /** The picture of a row: `{atlas, index}`; null when there is none. */
  picture(column, row) {
    const fixed = row.feature && this.features.get(row.feature.name);
    if (fixed) return { tiles: fixed, index: 0 };
    const tiles = this.columns[column];
    return row.unit !== null && tiles.loaded ? { tiles, index: row.unit } : null;
  }
}

function featureTiles(column) {
  const packed = (column?.features ?? []).filter(({ tile }) => tile);
  return new Map(packed.map(({ name, tile }) => [name, new Tiles(column).load({ ...tile, shape: [1, ...shapeOf(tile)] })]));
}

/** The responses of one column, painted into one small canvas, one below the other. */
export class Tiles {
  constructor({ range, path }) {
    this.range = range ?? null;
    this.path = String(path);
    this.loaded = false;
  }

  load(packed) {
    const raw = bytes(packed.bdata);
    const [count, height, width] = shapeOf(packed, raw.length);
    this.count = count;
    this.curves = width === undefined ? height : 0; // a 1-D plane: so many points a unit
    this.raw = raw;
    this.ranges = Array.from({ length: count }, (_, i) => [at(packed.lo, i), at(packed.hi, i)]);
    if (!this.curves) this.#paint(count, height, width);
    this.loaded = true;
    return this;
  }

  #paint(count, height, width) {
    if (!this.atlas || this.size !== width || this.atlas.height !== count * height) {
      this.atlas = new OffscreenCanvas(width, count * height);
      this.size = width;
      this.image = new ImageData(width, count * height);
      this.words = new Uint32Array(this.image.data.buffer);
    }
    const size = width * height;
    for (let i = 0; i < count; i += 1) {
      const table = this.#colours(i);
      for (let y = 0; y < height; y += 1) {
        const from = i * size + (height - 1 - y) * width; // row 0 of a map is its lowest x2
        const to = i * size + y * width;
        for (let x = 0; x < width; x += 1) this.words[to + x] = table[this.raw[from + x]];
      }
    }
    this.atlas.getContext("2d").putImageData(this.image, 0, 0);
  }

  /** Colour of each of the 256 steps: white is zero, or the middle of a fixed range. */
  #colours(i) {
    const [lo, hi] = this.ranges[i];
    const { middle, reach } = this.#centre(lo, hi);
    const key = `${lo} ${hi}`;
    if (this.key === key) return this.table;
    const table = new Uint32Array(256);
    for (let step = 0; step < 256; step += 1) {
      const t = (lo + ((hi - lo) * step) / 255 - middle) / reach;
      table[step] = DIVERGING[Math.max(0, Math.min(255, Math.round(127.5 + 127.5 * t)))];
    }
    this.key = key;
    this.table = table;
    return table;
  }

  #centre(lo, hi) {
    if (this.range) {
      const [low, high] = this.range;
      return { middle: (low + high) / 2, reach: (high - low) / 2 || 1 };
    }
    return { middle: 0, reach: Math.max(Math.abs(lo), Math.abs(hi)) || 1 };
  }

  /** Values of a 1-D unit, scaled to -1..1. */
  curve(i) {
    const [lo, hi] = this.ranges[i];
    const { middle, reach } = this.#centre(lo, hi);
    const part = this.raw.subarray(i * this.curves, (i + 1) * this.curves);
    return Float32Array.from(part, (step) => (lo + ((hi - lo) * step) / 255 - middle) / reach);
  }
}

function at(value, i) {
  return Array.isArray(value) ? value[i] : value;
}
