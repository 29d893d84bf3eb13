// What somebody has drawn, as strokes in the unit square, and as the pixels that a network takes.
//
// Strokes keep their geometry, so that a drawing is centred and scaled before it becomes pixels: no pixel is blurred twice.

export const PEN = 0.042; // half the width of a stroke, of the pad's side
const SOFT = 1.1; // pixels over which the edge of a stroke fades
const NEAR = 0.004; // of the side: points nearer than that to the last say nothing new

const SMALLEST = 0.22; // of the side: what is drawn smaller (a dot, a dash) is not blown up to fill the box

export class Drawing {
  constructor() {
    this.strokes = [];
    this.paper = 0; // 0 is black, 1 is white
  }

  get empty() {
    return this.strokes.length === 0;
  }

  /** A new stroke, at a point of the unit square. */
  begin(x, y, colour) {
    this.strokes.push({ points: [[x, y]], colour });
  }

  /** The last stroke goes on; false where the point is next to its end. */
  reach(x, y) {
    const { points } = this.strokes.at(-1);
    const [lastX, lastY] = points.at(-1);
    if (Math.hypot(x - lastX, y - lastY) < NEAR) return false;
    points.push([x, y]);
    return true;
  }

  undo() {
    return this.strokes.pop() !== undefined;
  }

  clear() {
    this.strokes = [];
  }
}

/** The drawing as bytes (channels * height * width), channel first; ink over paper, which is black (0) unless said.
 *
 * fit: how the data's own pictures were brought into their frame, {box, pen, mass}, or null for a plain downscale. A
 * drawing is scaled so that it fills `box` pixels the longer way; strokes are 2 * `pen` pixels thick whatever its size;
 * with `mass` its centre of mass is in the middle (MNIST: LeCun et al. 1998), else the middle of its box. */
export function pixelsOf({ strokes, paper = 0 }, [channels, height, width], fit = null) {
  const shape = [channels, height, width];
  if (!strokes.length) return new Uint8Array(channels * height * width).fill(Math.round(255 * paper));
  const side = Math.min(height, width);
  if (!fit) return inked(strokes, shape, (x, y) => [x * width, y * height], PEN * side, paper);
  const placed = fitted(strokes, height, width, fit);
  if (!fit.mass) return inked(strokes, shape, placed, fit.pen, paper);
  const [dx, dy] = offCentre(inked(strokes, [1, height, width], placed, fit.pen, 0), height, width);
  const moved = (x, y) => [placed(x, y)[0] - dx, placed(x, y)[1] - dy];
  return inked(strokes, shape, moved, fit.pen, paper);
}

/** Unit square to pixels, so that all strokes just fill the box, in the middle of the image. */
function fitted(strokes, height, width, { box, pen }) {
  const points = strokes.flatMap((stroke) => stroke.points);
  const span = (axis) => {
    const along = points.map((point) => point[axis]);
    return [Math.min(...along), Math.max(...along)];
  };
  const [x0, x1] = span(0);
  const [y0, y1] = span(1);
  const scale = (box - 2 * pen) / Math.max(x1 - x0, y1 - y0, SMALLEST);
  return (x, y) => [width / 2 + (x - (x0 + x1) / 2) * scale, height / 2 + (y - (y0 + y1) / 2) * scale];
}

/** How far the centre of mass lies from the middle, in pixels: [right, down]. */
export function offCentre(ink, height, width) {
  let [mass, x, y] = [0, 0, 0];
  for (let at = 0; at < height * width; at += 1) {
    mass += ink[at];
    x += ink[at] * ((at % width) + 0.5);
    y += ink[at] * (Math.floor(at / width) + 0.5);
  }
  return mass ? [x / mass - width / 2, y / mass - height / 2] : [0, 0];
}

/** Strokes as pixels. Every pixel is as full as its middle is near to a stroke; later strokes lie over earlier ones. */
function inked(strokes, [channels, height, width], place, radius, paper) {
  const out = new Float64Array(channels * height * width).fill(paper);
  for (const { points, colour } of strokes) {
    const ink = colour ?? [1, 1, 1];
    const path = points.map(([x, y]) => place(x, y));
    for (const [at, cover] of covered(path, height, width, radius)) {
      for (let c = 0; c < channels; c += 1) {
        const pixel = c * height * width + at;
        const tone = channels === 3 ? ink[c] : Math.max(...ink);
        out[pixel] += (tone - out[pixel]) * cover;
      }
    }
  }
  return Uint8Array.from(out, (value) => Math.round(255 * value));
}

/** The pixels near a path, and how much of each it covers, 0 to 1. */
function covered(path, height, width, radius) {
  const soft = Math.min(SOFT, 2 * radius);
  const edge = radius + soft / 2;
  const found = new Map();
  const segments = path.length > 1 ? path.slice(1).map((end, at) => [path[at], end]) : [[path[0], path[0]]];
  for (const [start, end] of segments) {
    const from = (axis) => Math.max(0, Math.floor(Math.min(start[axis], end[axis]) - edge - 1));
    const to = (axis, most) => Math.min(most - 1, Math.ceil(Math.max(start[axis], end[axis]) + edge));
    for (let y = from(1); y <= to(1, height); y += 1) {
      for (let x = from(0); x <= to(0, width); x += 1) {
        const cover = (radius - distance([x + 0.5, y + 0.5], start, end)) / soft + 0.5;
        if (cover <= 0) continue;
        const at = y * width + x;
        found.set(at, Math.max(found.get(at) ?? 0, Math.min(1, cover)));
      }
    }
  }
  return found;
}

/** From a point to a stretch of line. */
function distance([x, y], [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const along = length ? Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / length)) : 0;
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}

/** Bytes as base64. */
export function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
