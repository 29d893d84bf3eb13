// The quick way to a heat map's next frame: new pixels into the image that Plotly made.
//
// Plotly.react works the whole figure out anew (axes, legend, hover, every point), 20 ms for what is one small picture.
// When nothing but the values of a heat map moved, its image and its hover values are all there is to change.

import { bytes, dequantise, shapeOf } from "./arrays.js";
import { rgb } from "./theme.js";

const canvas = document.createElement("canvas");

/**
 * Show a quantised map as the z of heat map `index` of the figure in `node`. False when this is not the simple case
 * (another kind of trace, no image yet, axes that run backwards ...): then Plotly has to draw.
 */
export function repaint(node, index, packed) {
  const found = packed?.q === "u1" && typeof packed.lo === "number" ? simpleHeatmap(node, index) : null;
  if (!found) return false;
  const raw = bytes(packed.bdata);
  const [height, width] = shapeOf(packed, raw.length);
  const { trace, cell, image } = found;
  if (cell.z.length !== height || cell.z[0]?.length !== width) return false;
  image.setAttributeNS("http://www.w3.org/1999/xlink", "xlink:href", picture(raw, width, height, colours(trace, packed)));
  const values = dequantise(raw, packed);
  const rows = Array.from({ length: height }, (_, y) => values.subarray(y * width, (y + 1) * width));
  cell.z = trace.z = node.data[index].z = rows; // what hovering reads
  node.emit("plotly_afterplot"); // for whoever counts on Plotly's word
  return true;
}

/** The trace and its image, if it is the figure's only heat map, smoothed by the browser, on ordinary axes. */
function simpleHeatmap(node, index) {
  const cells = (node.calcdata ?? []).filter(([cell]) => cell?.trace?.type === "heatmap");
  const images = node.querySelectorAll(".heatmaplayer .hm image");
  if (cells.length !== 1 || images.length !== 1) return null;
  const cell = cells[0][0];
  const { trace } = cell;
  const simple = trace.index === index && trace.visible === true && trace.zsmooth === "fast" && trace.zmax > trace.zmin;
  const forward = [trace.xaxis, trace.yaxis].every((id) => {
    const { type, range } = node._fullLayout[`${id[0]}axis${id.slice(1)}`];
    return type === "linear" && range[0] < range[1];
  });
  return simple && forward ? { trace, cell, image: images[0] } : null;
}

function picture(raw, width, height, table) {
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  const words = new Uint32Array(image.data.buffer);
  for (let y = 0; y < height; y += 1) {
    const from = (height - 1 - y) * width; // row 0 of a map is its lowest y
    for (let x = 0; x < width; x += 1) words[y * width + x] = table[raw[from + x]];
  }
  canvas.getContext("2d", { willReadFrequently: true }).putImageData(image, 0, 0);
  return canvas.toDataURL("image/png");
}

let last = { key: "", table: null };

/** The colour of each of the 256 bytes, from the trace's colour scale; kept until scale or range change. */
function colours({ colorscale, zmin, zmax }, { lo, hi }) {
  const key = JSON.stringify([colorscale, zmin, zmax, lo, hi]);
  if (key === last.key) return last.table;
  const stops = colorscale.map(([at, colour]) => [at, rgb(colour)]);
  const rgba = new Uint8ClampedArray(256 * 4);
  for (let step = 0; step < 256; step += 1) {
    const value = lo + ((hi - lo) * step) / 255;
    rgba.set([...between(stops, (value - zmin) / (zmax - zmin)), 255], step * 4);
  }
  last = { key, table: new Uint32Array(rgba.buffer) };
  return last.table;
}

/** A colour scale at a place from 0 to 1: straight lines between its stops. */
export function between(stops, at) {
  const place = Math.min(1, Math.max(0, at));
  let upper = stops.findIndex(([stop]) => stop >= place);
  if (upper < 0) upper = stops.length - 1;
  const [high, end] = stops[upper];
  const [low, start] = stops[Math.max(0, upper - 1)];
  const share = high > low ? (place - low) / (high - low) : 0;
  return start.map((value, channel) => value + (end[channel] - value) * share);
}
