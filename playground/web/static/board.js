// Where the tiles of a board lie, and how they are painted: rows of small pictures at whole zoom, on one canvas.
//
// A row: {title, sub, hint, kind, count, size: [h, w], indent, captions, most}; its tiles come with the frames.

import { bytes, shapeOf } from "./arrays.js";
import { DIVERGING } from "./theme.js";

const GUTTER = 104; // beside the rows, for their titles
const ABOVE = 18; // above a row, where titles stand there
const GAP = 4; // between tiles
const BETWEEN = 7; // between rows
const CAPTION = 15;
const LEAST = 14; // a tile is never less tall; the board scrolls instead
const MOST = 72; // nor taller, unless its row says so
const SEAM = 1; // between the parts of a mosaic, in cells
const VECTOR = { tall: 16, wide: 30, thin: 3, low: 6 };

/** How many parts a mosaic has beside and above one another. */
export function mosaic(parts) {
  const across = Math.ceil(Math.sqrt(parts));
  return { across, down: Math.ceil(parts / across) };
}

/** The cells of a row's tile, [h, w]: those of one picture, or of a mosaic of `parts` with seams between them. */
export function cells({ size: [h, w], parts = 1 }) {
  const { across, down } = mosaic(parts);
  return [down * (h + SEAM) - SEAM, across * (w + SEAM) - SEAM];
}

/** Lay rows out in `width` x `height` CSS pixels; a pixel of the screen is 1 / `dense` of one.
 * Gives {height, rows: [{left, top, height, scale, perLine, w, h, step, tall, gap}]}: scale is CSS pixels a cell. */
export function arrange(rows, width, height, { titles = "left", dense = 1 } = {}) {
  const tallest = Math.max(LEAST, ...rows.map((row) => row.most ?? MOST));
  let found = null;
  for (let size = tallest; size >= LEAST; size -= size > 48 ? 4 : 1) {
    found = laidOut(rows, width, size, titles, dense);
    if (found.height <= height) break;
  }
  return found ?? { height: 0, rows: [] };
}

function laidOut(rows, width, size, titles, dense) {
  let top = 0;
  const placed = rows.map((row) => {
    const left = (titles === "left" ? GUTTER : 0) + 10 * (row.indent ?? 0);
    if (titles === "top" && (row.title || row.sub)) top += ABOVE;
    const place = { left, top, ...(row.kind === "vector" ? vector(row, width - left) : tiles(row, width - left, size, dense)) };
    if (titles === "left") place.height = Math.max(place.height, row.sub ? 29 : 15);
    top += place.height + BETWEEN;
    return place;
  });
  return { height: Math.max(0, top - BETWEEN), rows: placed };
}

function tiles(row, room, size, dense) {
  const [down, across] = cells(row);
  const whole = Math.floor((Math.min(size, row.most ?? MOST) * dense) / Math.max(down, across * 0.6));
  const widest = Math.floor((room * dense) / across);
  const dots = Math.min(whole, widest);
  // Whole pixels of the screen for every cell, so that pictures are crisp; a picture larger than its place is shrunk.
  const scale = dots >= 1 ? dots / dense : Math.min(size / down, room / across, 1 / dense);
  const w = across * scale;
  const h = down * scale;
  const tall = row.captions ? CAPTION : 0;
  const step = Math.max(w, row.captions ? (row.apart ?? 0) : 0) + GAP;
  const perLine = Math.max(1, Math.floor((room + GAP) / step));
  const lines = Math.ceil(row.count / perLine);
  return { scale, w, h, step, perLine, tall, gap: GAP, height: lines * (h + tall) + Math.max(0, lines - 1) * GAP };
}

/** Values side by side in one line; very many become thin cells in several lines. */
function vector(row, room) {
  const roomy = row.count * 4 <= room;
  const w = roomy ? Math.min(VECTOR.wide, Math.floor(room / row.count)) : VECTOR.thin;
  const h = roomy ? VECTOR.tall : VECTOR.low;
  const perLine = roomy ? row.count : Math.max(1, Math.floor(room / w));
  const tall = row.captions && roomy ? CAPTION : 0;
  const lines = Math.ceil(row.count / perLine);
  return { scale: w, w, h, step: w, perLine, tall, gap: 1, height: lines * (h + (lines > 1 ? 1 : 0)) + tall };
}

/** Where tile `index` of a placed row is: {x, y, w, h}. */
export function tileAt(place, index) {
  const line = Math.floor(index / place.perLine);
  return {
    x: place.left + (index % place.perLine) * place.step,
    y: place.top + line * (place.h + place.tall + place.gap),
    w: place.w,
    h: place.h,
  };
}

/** Which tile is at a point: {row, tile, x, y} with the cell under it, or null. */
export function hit(layout, rows, left, top) {
  for (const [row, place] of layout.rows.entries()) {
    if (top < place.top || top > place.top + place.height || left < place.left) continue;
    const line = Math.floor((top - place.top) / (place.h + place.tall + place.gap));
    const column = Math.floor((left - place.left) / place.step);
    const tile = line * place.perLine + column;
    if (column >= place.perLine || tile >= rows[row].count) return null;
    const box = tileAt(place, tile);
    const x = Math.floor((left - box.x) / place.scale);
    const y = Math.floor((top - box.y) / place.scale);
    if (left > box.x + box.w || top > box.y + box.h) return null;
    return { row, tile, x, y: rows[row].kind === "vector" ? 0 : y };
  }
  return null;
}

// -- pixels --------------------------------------------------------------------------------------------------------

const GREY = new Uint32Array(256);
for (let level = 0; level < 256; level += 1) GREY[level] = (255 << 24) | (level << 16) | (level << 8) | level;
const NOTHING = 0; // a seam: the page is seen through it

/** A row's tiles as they came: {raw, shape, colour, table, lo, hi, values()}. Shape: (n, h, w), a mosaic's (n, parts, h,
 * w), colour (n, h, w, 3). Signed values come quantised between -r and r, so byte 127.5 is zero and white. */
export function unpacked(packed, kind) {
  const raw = bytes(packed.bdata);
  const shape = shapeOf(packed, raw.length);
  const table = packed.q && kind !== "grey" ? DIVERGING : GREY;
  return { raw, shape, packed, kind, table, colour: kind === "colour" };
}

/** The value of a cell, as a person reads it: a number, or [r, g, b] from 0 to 255. */
export function valueAt(tiles, index, x, y, row) {
  const { raw, shape, packed, colour } = tiles;
  const [h, w] = row.size;
  if (colour) return [0, 1, 2].map((channel) => raw[((index * h + y) * w + x) * 3 + channel]);
  const { across } = mosaic(row.parts ?? 1);
  const part = Math.floor(y / (h + SEAM)) * across + Math.floor(x / (w + SEAM));
  const parts = row.parts ?? 1;
  if (row.kind === "vector") return level(packed, raw[index], index);
  if (part >= parts || x % (w + SEAM) === w || y % (h + SEAM) === h) return null;
  const inside = (y % (h + SEAM)) * w + (x % (w + SEAM));
  return level(packed, raw[(index * parts + part) * h * w + inside], index, shape[0]);
}

function level({ q, lo, hi }, byte, index) {
  if (!q) return byte / 255;
  const low = Array.isArray(lo) ? lo[index] : lo;
  const high = Array.isArray(hi) ? hi[index] : hi;
  return low + ((high - low) * byte) / 255;
}

/** All tiles of a row as one picture, below one another, a pixel a cell. */
export function sheet(tiles, row) {
  const [down, across] = row.kind === "vector" ? [1, 1] : cells(row);
  const image = new ImageData(across, Math.max(1, down * row.count));
  const words = new Uint32Array(image.data.buffer);
  if (row.kind === "vector") for (let i = 0; i < row.count; i += 1) words[i] = tiles.table[tiles.raw[i]];
  else if (tiles.colour) coloured(tiles.raw, words);
  else if ((row.parts ?? 1) === 1) for (let i = 0; i < words.length; i += 1) words[i] = tiles.table[tiles.raw[i]];
  else pieced(tiles, row, words, down, across);
  return image;
}

function coloured(raw, words) {
  for (let i = 0; i < words.length; i += 1) {
    words[i] = (255 << 24) | (raw[3 * i + 2] << 16) | (raw[3 * i + 1] << 8) | raw[3 * i];
  }
}

function pieced({ raw, table }, { size: [h, w], parts, count }, words, down, across) {
  const beside = mosaic(parts).across;
  words.fill(NOTHING);
  let at = 0;
  for (let tile = 0; tile < count; tile += 1) {
    for (let part = 0; part < parts; part += 1) {
      const left = (part % beside) * (w + SEAM);
      const top = tile * down + Math.floor(part / beside) * (h + SEAM);
      for (let y = 0; y < h; y += 1) {
        for (let x = 0; x < w; x += 1, at += 1) words[(top + y) * across + left + x] = table[raw[at]];
      }
    }
  }
}
