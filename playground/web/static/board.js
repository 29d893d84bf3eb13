// Where the tiles of a board lie, and how they are painted: rows of small pictures at whole zoom, on one canvas.
//
// A row: {title, sub, hint, kind, count, size: [h, w], indent, captions, least, most}; its tiles come with the frames.

import { bytes, shapeOf } from "./arrays.js";
import { number } from "./format.js";
import { DIVERGING } from "./theme.js";

const GUTTER = 104; // beside the rows, for their titles
const ABOVE = 18; // above a row, where titles stand there
const GAP = 4; // between tiles
const BETWEEN = 6; // between rows
const CAPTION = 15;
const LEAST = 14; // a tile is never less tall; the board scrolls instead
const MOST = 72; // nor taller, unless its row says so or the board is high:
const SHARE = 1 / 8; // of its height
const READABLE = 20; // pixels that a picture should have, either way
const SEAM = 1; // between the parts of a mosaic
const APART = 13; // between mosaics
const VECTOR = { tall: 16, wide: 30, thin: 3, low: 6 };

/** Whether a row's title and what is beside it share a line: a row of cells is not tall enough for two. */
export function oneLine(row) {
  return row.kind === "vector" && !row.captions;
}

/** How many parts a mosaic has beside and above one another. */
export function mosaic(parts) {
  const across = Math.ceil(Math.sqrt(parts));
  return { across, down: Math.ceil(parts / across) };
}

/** The cells of a row's tile, [h, w]: those of one picture, or of all the parts of a mosaic. */
export function cells({ size: [h, w], parts = 1 }) {
  const { across, down } = mosaic(parts);
  return [down * h, across * w];
}

/** Lay rows out in `width` x `height` CSS pixels; a pixel of the screen is 1 / `dense` of one.
 * Gives {height, rows: [{left, top, height, scale, perLine, lines, w, h, step, tall, gap, inset}]}: scale is CSS pixels a cell. */
export function arrange(rows, width, height, { titles = "left", dense = 1 } = {}) {
  const usual = Math.max(MOST, Math.floor(height * SHARE));
  rows = rows.map((row) => ({ ...row, most: row.most ?? usual }));
  const tallest = Math.max(LEAST, ...rows.map((row) => row.most));
  for (let size = tallest; ; size -= size > 48 ? 4 : 1) {
    const sizes = rows.map((row) => Math.max(size, row.least ?? LEAST));
    const found = laidOut(rows, width, sizes, titles, dense);
    if (found.height <= height) return grown(rows, width, height, sizes, titles, dense, found);
    if (size <= LEAST) return found; // it scrolls
  }
}

/** Let single rows grow into the room that is left, those with the smallest pictures first. */
function grown(rows, width, height, sizes, titles, dense, found) {
  const [lines, most] = [found.rows.map((place) => place.lines), 2.1 * Math.min(...sizes)];
  let open = rows.map((_, k) => k).filter((k) => rows[k].kind !== "vector");
  while (open.length) {
    const k = open.reduce((a, b) => (found.rows[b].h < found.rows[a].h ? b : a));
    const size = found.rows[k].h + cells(rows[k])[0] / dense;
    const tried = sizes.with(k, size);
    const next = size <= Math.min(most, rows[k].most) ? laidOut(rows, width, tried, titles, dense) : null;
    if (next && next.height <= height && next.rows[k].lines === lines[k] && next.rows[k].h > found.rows[k].h) {
      [found, sizes] = [next, tried];
    } else open = open.filter((other) => other !== k);
  }
  return found;
}

function laidOut(rows, width, sizes, titles, dense) {
  let top = 0;
  const placed = rows.map((row, k) => {
    const left = (titles === "left" ? GUTTER : 0) + 10 * (row.indent ?? 0);
    if (titles === "top" && (row.title || row.sub)) top += ABOVE;
    const place = { left, top, ...(row.kind === "vector" ? vector(row, width - left) : tiles(row, width - left, sizes[k], dense)) };
    if (titles === "left") place.height = Math.max(place.height, row.sub && !oneLine(row) ? 29 : 15);
    top += place.height + BETWEEN;
    return place;
  });
  return { height: Math.max(0, top - BETWEEN), rows: placed };
}

function tiles(row, room, size, dense) {
  const [down, across] = cells(row);
  const whole = Math.floor((Math.min(size, row.most) * dense) / Math.max(down, across * 0.6));
  const seams = mosaic(row.parts ?? 1);
  const widest = Math.floor(((room - SEAM * (seams.across - 1)) * dense) / across);
  const gap = (row.parts ?? 1) > 1 ? APART : GAP;
  // Rather one line of smaller pictures than two, as long as they, or the parts of each, can be made out.
  const single = Math.floor((((room + gap) / row.count - gap - SEAM * (seams.across - 1)) * dense) / across);
  const least = row.captions ? (row.apart ?? 0) : 0; // a caption takes so much, however small its picture is
  const readable = (single * row.size[0]) / dense >= READABLE && (least + gap) * row.count - gap <= room;
  const dots = Math.min(whole, widest, readable ? single : whole);
  // Whole pixels of the screen for every cell, so that pictures are crisp; a picture larger than its place is shrunk.
  const scale = dots >= 1 ? dots / dense : Math.min(size / down, room / across, 1 / dense);
  const w = across * scale + SEAM * (seams.across - 1);
  const h = down * scale + SEAM * (seams.down - 1);
  const tall = row.captions ? CAPTION : 0;
  const apart = Math.max(w, least);
  const step = apart + gap;
  const lines = Math.ceil(row.count / Math.max(1, Math.floor((room + gap) / step)));
  const perLine = Math.max(1, Math.ceil(row.count / lines)); // no tile stands alone in the last line
  return { scale, w, h, step, perLine, lines, tall, gap, inset: (apart - w) / 2, height: lines * (h + tall) + Math.max(0, lines - 1) * gap };
}

/** Values side by side in one line; very many become thin cells in several lines. */
function vector(row, room) {
  const roomy = row.count * 4 <= room;
  const w = roomy ? Math.min(row.wide ?? VECTOR.wide, Math.floor(room / row.count)) : VECTOR.thin;
  const h = roomy ? VECTOR.tall : VECTOR.low;
  const perLine = roomy ? row.count : Math.max(1, Math.floor(room / w));
  const tall = row.captions && roomy ? CAPTION : 0;
  const lines = Math.ceil(row.count / perLine);
  return { scale: w, w, h, step: w, perLine, lines, tall, gap: 1, inset: 0, height: lines * (h + (lines > 1 ? 1 : 0)) + tall };
}

/** Where tile `index` of a placed row is: {x, y, w, h}. */
export function tileAt(place, index) {
  const line = Math.floor(index / place.perLine);
  return {
    x: place.left + (index % place.perLine) * place.step + place.inset,
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
    if (left < box.x || left > box.x + box.w || top > box.y + box.h) return null;
    return { row, tile, ...inside(rows[row], place, left - box.x, top - box.y) };
  }
  return null;
}

/** Where tile-relative pixels are: {x, y} of the cell, in `part` of a mosaic. */
function inside({ kind, size: [h, w], parts = 1 }, { scale }, left, top) {
  if (kind === "vector") return { x: 0, y: 0, part: 0 };
  const [wide, tall] = [w * scale + SEAM, h * scale + SEAM];
  const [column, line] = parts > 1 ? [Math.floor(left / wide), Math.floor(top / tall)] : [0, 0];
  const at = (from, most) => Math.min(most - 1, Math.max(0, Math.floor(from / scale)));
  return { x: at(left - column * wide, w), y: at(top - line * tall, h), part: line * mosaic(parts).across + column };
}

/** Where part `part` of a tile is drawn: {x, y, w, h}. */
export function partAt({ size: [h, w], parts = 1 }, { scale }, box, part) {
  if (parts === 1) return box;
  const { across } = mosaic(parts);
  const [wide, tall] = [w * scale, h * scale];
  return { x: box.x + (part % across) * (wide + SEAM), y: box.y + Math.floor(part / across) * (tall + SEAM), w: wide, h: tall };
}

// -- pixels --------------------------------------------------------------------------------------------------------

const GREY = new Uint32Array(256);
for (let level = 0; level < 256; level += 1) GREY[level] = (255 << 24) | (level << 16) | (level << 8) | level;

/** A row's tiles as they came: {raw, shape, colour, table, lo, hi, values()}. Shape: (n, h, w), a mosaic's (n, parts, h,
 * w), colour (n, h, w, 3). Signed values come quantised between -r and r, so byte 127.5 is zero and white. */
export function unpacked(packed, kind) {
  const raw = bytes(packed.bdata);
  const shape = shapeOf(packed, raw.length);
  const table = packed.q && kind !== "grey" ? DIVERGING : GREY;
  return { raw, shape, packed, kind, table, colour: kind === "colour" };
}

/** The value of a cell, as a person reads it: a number, or [r, g, b] from 0 to 255; null where there is none. */
export function valueAt(tiles, index, { x, y, part = 0 }, row) {
  const { raw, shape, packed, colour } = tiles;
  const [h, w] = row.size;
  if (colour) return [0, 1, 2].map((channel) => raw[((index * h + y) * w + x) * 3 + channel]);
  if (row.kind === "vector") return level(packed, raw[index], index);
  const parts = row.parts ?? 1;
  return part < parts ? level(packed, raw[((index * parts + part) * h + y) * w + x], index, shape[0]) : null;
}

function level({ q, lo, hi }, byte, index) {
  if (!q) return byte / 255;
  const low = Array.isArray(lo) ? lo[index] : lo;
  const high = Array.isArray(hi) ? hi[index] : hi;
  return low + ((high - low) * byte) / 255;
}

/** All tiles of a row, of mosaics all their parts, as one picture: below one another, a pixel a cell. */
export function sheet(tiles, row) {
  const [h, w] = row.kind === "vector" ? [1, 1] : row.size;
  const image = new ImageData(w, Math.max(1, h * row.count * (row.parts ?? 1)));
  const words = new Uint32Array(image.data.buffer);
  if (tiles.colour) coloured(tiles.raw, words);
  else for (let i = 0; i < words.length; i += 1) words[i] = tiles.table[tiles.raw[i]];
  return image;
}

function coloured(raw, words) {
  for (let i = 0; i < words.length; i += 1) {
    words[i] = (255 << 24) | (raw[3 * i + 2] << 16) | (raw[3 * i + 1] << 8) | raw[3 * i];
  }
}

/** A value of `valueAt` in words; nothing for none. */
export function told(value) {
  if (value === null || value === undefined) return "";
  return Array.isArray(value) ? `red ${value[0]}, green ${value[1]}, blue ${value[2]}` : number(value);
}
