// What one box of the mosaic shows: a decision boundary, a fitted curve, filters, or the curves of a training.

import { quartiles } from "./grid-frame.js";
import { between } from "./heatmap.js";
import { rgb } from "./theme.js";

export const TRAIN = "#868e9c";
export const TEST = "#8a63ee";
const LOUD = 0.95;

const scratch = document.createElement("canvas");
const tables = new Map(); // colour scale as text -> 256 colours as the words of an ImageData

function table(scale, top = 255) {
  const key = JSON.stringify([scale, top]);
  if (!tables.has(key)) {
    const stops = scale.map(([at, colour]) => [at, rgb(colour)]);
    const rgba = new Uint8ClampedArray(256 * 4);
    for (let level = 0; level < 256; level += 1) rgba.set([...between(stops, level / top), 255], 4 * level);
    tables.set(key, new Uint32Array(rgba.buffer));
  }
  return tables.get(key);
}

/** Draw the picture of one cell, or what several have in common, into a box {left, top, size}. False without one. */
export function drawPicture(context, pictures, box, { points = true } = {}) {
  const [first] = pictures;
  if (!first) return false;
  const { kind } = first.ground;
  if (kind === "map") map(context, pictures.length > 1 ? together(pictures) : first, box, points);
  else if (kind === "fit") pictures.forEach((picture, i) => fit(context, picture, box, i === 0, pictures.length));
  else filters(context, first, box);
  return true;
}

/** The mean of several maps; of more than two classes the one that most of them say, as sure as they agree. */
function together(pictures) {
  const { ground, shape } = pictures[0];
  const z = new Float32Array(pictures[0].z.length);
  if (ground.colours.length <= 2) {
    for (const { z: one } of pictures) for (let i = 0; i < z.length; i += 1) z[i] += one[i] / pictures.length;
    return { ground, shape, z };
  }
  const shades = Math.floor(256 / ground.colours.length);
  const votes = new Uint16Array(ground.colours.length);
  for (let i = 0; i < z.length; i += 1) {
    votes.fill(0);
    for (const { z: one } of pictures) votes[Math.floor(one[i] / shades)] += 1;
    const most = votes.indexOf(Math.max(...votes));
    z[i] = most * shades + Math.round((votes[most] / pictures.length) * (shades - 1));
  }
  return { ground, shape, z };
}

function map(context, { ground, shape: [height, width], z }, { left, top, size }, points) {
  blit(context, width, height, { left, top, width: size, height: size }, (words) => {
    const colours = table(ground.scale, ground.top);
    for (let y = 0; y < height; y += 1) {
      const from = (height - 1 - y) * width; // row 0 of a map is its lowest y
      for (let x = 0; x < width; x += 1) words[y * width + x] = colours[Math.round(z[from + x])];
    }
  });
  if (points) dots(context, ground, { left, top, size });
}

function dots(context, ground, { left, top, size }) {
  const { x, y, targets, colours } = ground;
  const step = size < 40 ? 4 : size < 90 ? 2 : 1;
  const radius = Math.max(0.8, Math.min(3.2, size / 70));
  const shades = colours.length ? null : table(ground.point_scale);
  context.globalAlpha = size < 130 ? 0.55 : 0.85;
  for (let i = 0; i < x.length; i += step) {
    context.fillStyle = shades ? hex(shades[targets[i]]) : colours[targets[i]];
    disc(context, left + (x[i] / 255) * size, top + (1 - y[i] / 255) * size, radius);
  }
  context.globalAlpha = 1;
}

/** A dot; of a few pixels a square looks the same, and is drawn in a tenth of the time. */
function disc(context, x, y, radius) {
  if (radius < 1.3) {
    context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
    return;
  }
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function fit(context, { ground, z }, { left, top, size }, first, count) {
  if (first) {
    context.fillStyle = "#fff";
    context.fillRect(left, top, size, size);
    context.strokeStyle = "#c9ced6";
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, top + 0.5, size - 1, size - 1);
    context.fillStyle = ground.colour;
    const radius = Math.max(0.7, size / 90);
    for (let i = 0; i < ground.x.length; i += size < 90 ? 2 : 1) {
      disc(context, left + (ground.x[i] / 255) * size, top + (1 - ground.y[i] / 255) * size, radius);
    }
  }
  context.strokeStyle = ground.line;
  context.globalAlpha = count > 1 ? 0.45 : 1;
  context.lineWidth = Math.max(1, Math.min(3, size / 45));
  context.beginPath();
  for (let i = 0; i < z.length; i += 1) context.lineTo(left + (i / (z.length - 1)) * size, top + (1 - z[i] / 255) * size);
  context.stroke();
  context.globalAlpha = 1;
}

function filters(context, { ground, shape: [count, height, width], z }, { left, top, size }) {
  if (!count) return;
  const columns = Math.ceil(Math.sqrt(count));
  const side = size / columns;
  const first = top + (size - Math.ceil(count / columns) * side) / 2;
  const gap = Math.max(1, Math.min(4, side / 12));
  const colours = table(ground.scale);
  context.imageSmoothingEnabled = false;
  for (let filter = 0; filter < count; filter += 1) {
    const place = { left: left + (filter % columns) * side, top: first + Math.floor(filter / columns) * side, width: side - gap, height: side - gap };
    blit(context, width, height, place, (words) => {
      for (let i = 0; i < words.length; i += 1) words[i] = colours[z[filter * height * width + i]];
    });
  }
  context.imageSmoothingEnabled = true;
}

function blit(context, width, height, place, fill) {
  scratch.width = width;
  scratch.height = height;
  const image = new ImageData(width, height);
  fill(new Uint32Array(image.data.buffer));
  scratch.getContext("2d", { willReadFrequently: true }).putImageData(image, 0, 0);
  context.drawImage(scratch, place.left, place.top, place.width, place.height);
}

/** A word of an ImageData (little-endian RGBA) as a colour. */
function hex(word) {
  return `rgb(${word & 255}, ${(word >> 8) & 255}, ${(word >> 16) & 255})`;
}

/** Training and test curve of a cell, or of several: each faintly, their median, and the middle half as a band. */
export function drawCurves(context, frame, cells, box, kind, range, theme) {
  context.fillStyle = theme.surface;
  context.fillRect(box.left, box.top, box.width ?? box.size, box.height ?? box.size);
  for (const [part, colour] of [["train", TRAIN], ["test", TEST]]) {
    const lines = cells.map((cell) => frame.curve(cell, `${part}_${kind}`)).filter(Boolean);
    if (lines.length > 1) band(context, lines, box, range, colour);
    else if (lines.length) line(context, lines[0], box, range, colour, box.size > 120 ? 2.2 : 1.6);
  }
}

function band(context, lines, box, range, colour) {
  const spread = Array.from(lines[0], (_, i) => quartiles(lines.map((one) => one[i])));
  context.globalAlpha = 0.22;
  context.fillStyle = colour;
  context.beginPath();
  const edge = [...spread.map(({ high }, i) => [i, high]), ...spread.map(({ low }, i) => [i, low]).reverse()];
  for (const [i, value] of edge) if (!Number.isNaN(value)) context.lineTo(...spot(i, value, lines[0].length, box, range));
  context.fill();
  context.globalAlpha = 1;
  line(context, spread.map(({ middle }) => middle), box, range, colour, 2.2);
}

function line(context, values, box, range, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.globalAlpha = LOUD;
  context.beginPath();
  let pen = false;
  values.forEach((value, i) => {
    if (Number.isNaN(value)) pen = false;
    else {
      context[pen ? "lineTo" : "moveTo"](...spot(i, value, values.length, box, range));
      pen = true;
    }
  });
  context.stroke();
  context.globalAlpha = 1;
}

function spot(i, value, count, box, range) {
  const [width, height] = [box.width ?? box.size, box.height ?? box.size];
  const share = Math.min(1, Math.max(0, range.share(value)));
  return [box.left + (i / Math.max(count - 1, 1)) * width, box.top + 2 + (1 - share) * (height - 4)];
}

/** Where values lie from 0 to 1: a scale for all cells alike, logarithmic for losses. */
export function rangeOf({ low, high, log }, worst = Infinity) {
  const top = Math.min(high, worst);
  if (log && top > low) return { low, high: top, log, share: (value) => Math.log(value / low) / Math.log(top / low) };
  return { low, high: top, log: false, share: (value) => (top > low ? (value - low) / (top - low) : 0.5) };
}
