// The painted points on their own canvas above the plot, looking as the plot's own do, and what a brush shows there.

import { labelOf, placeOf, point, valueOf, xOf, yOf } from "./paint-points.js";
import { NEGATIVE, POSITIVE, ZERO } from "./theme.js";

const MANY = 600; // points of one part, beyond which the figure draws them smaller
const CROSS = 11;

/** Where the plot's area is within its node and what it shows; null while there is no plot. */
export function areaOf(node) {
  const { xaxis, yaxis } = node._fullLayout ?? {};
  if (!xaxis?._length || !yaxis?._length) return null;
  return {
    left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length, x: xaxis.range, y: yaxis.range,
  };
}

export class PaintCanvas {
  constructor(surface) {
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.surface = surface;
    surface.append(this.canvas);
    this.area = null;
    this.tests = new Set(); // the places whose points are kept back to test on
  }

  /** Lie exactly over the plot's area. */
  place(area) {
    this.area = area;
    const { left, top, width, height } = area;
    Object.assign(this.surface.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    const dense = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * dense);
    this.canvas.height = Math.round(height * dense);
    this.dense = dense;
  }

  /** The figure's test points keep their rings here. */
  based({ data }) {
    const { x = [], y = [] } = data.find(({ name }) => name === "test") ?? {};
    this.tests = new Set(Array.from(x, (each, index) => placeOf(point(each, y[index], 0))));
  }

  /** Pixels of the surface to a place of the plane. */
  toPlane(left, top) {
    const { width, height, x, y } = this.area;
    return [x[0] + (left / width) * (x[1] - x[0]), y[1] - (top / height) * (y[1] - y[0])];
  }

  /** A place of the plane to pixels of the surface. */
  toPixels(x, y) {
    const { area } = this;
    return [
      ((x - area.x[0]) / (area.x[1] - area.x[0])) * area.width,
      ((area.y[1] - y) / (area.y[1] - area.y[0])) * area.height,
    ];
  }

  /** Draw everything. look: {task, colours, edges, sizes}; brush: {at: [left, top], radius}; cross: [x, y]. */
  draw(points, look, { brush = null, cross = null, ink = "#000" } = {}) {
    if (!this.area) return;
    const context = this.canvas.getContext("2d");
    context.setTransform(this.dense, 0, 0, this.dense, 0, 0);
    context.clearRect(0, 0, this.area.width, this.area.height);
    const parts = [[], []];
    for (const each of points) parts[this.tests.has(placeOf(each)) ? 1 : 0].push(each);
    parts.forEach((part, test) => this.#part(context, part, look, test ? "test" : "train"));
    if (brush?.radius) this.#circle(context, brush, ink);
    if (cross) this.#cross(context, this.toPixels(...cross), ink);
  }

  #part(context, points, look, part) {
    const radius = (points.length > MANY ? look.sizes.many : look.sizes.few) / 2;
    context.strokeStyle = look.edges[part].color;
    context.lineWidth = look.edges[part].width;
    for (const each of points) {
      context.fillStyle = colourOf(labelOf(each), look);
      context.beginPath();
      context.arc(...this.toPixels(xOf(each), yOf(each)), radius, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }

  #circle(context, { at: [left, top], radius }, ink) {
    context.lineWidth = 1.5;
    context.strokeStyle = ink;
    context.setLineDash([4, 3]);
    context.beginPath();
    context.arc(left, top, radius, 0, 2 * Math.PI);
    context.stroke();
    context.setLineDash([]);
  }

  #cross(context, [left, top], ink) {
    for (const [width, colour] of [[5, "#ffffff"], [2, ink]]) {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.beginPath();
      for (const [dx, dy] of [[CROSS, 0], [-CROSS, 0], [0, CROSS], [0, -CROSS]]) {
        context.moveTo(left + dx / 3, top + dy / 3);
        context.lineTo(left + dx, top + dy);
      }
      context.stroke();
    }
  }
}

/** The colour of a label: its class's, or its value's between orange, white and blue. */
export function colourOf(label, { task, colours }) {
  if (task === "classification") return colours[label] ?? colours.at(-1);
  const value = valueOf(label);
  const end = value < 0 ? NEGATIVE : POSITIVE;
  return `rgb(${ZERO.map((from, channel) => Math.round(from + (end[channel] - from) * Math.abs(value))).join(" ")})`;
}
