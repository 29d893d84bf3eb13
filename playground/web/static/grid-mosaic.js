// The mosaic of a grid: the picture of every box, the best of all framed, what came to nothing crossed out.

import { curveRange } from "./grid-details.js";
import { crown, hatch } from "./grid-heat.js";
import { cross, edges } from "./grid-marks.js";
import { drawCurves, drawPicture } from "./grid-pictures.js";

/** A clean canvas of so many CSS pixels, as sharp as the screen. */
export function paper(canvas, width, height) {
  const scale = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/**
 * @param {object} view what is seen: `{data, look, frame, theme, plan, boxes, best, pointed}`
 * @param {boolean} curves whether the curves of the training take the place of what the networks do
 */
export function drawMosaic(view, canvas, room, curves) {
  const { data, look, frame, theme, plan, boxes, best } = view;
  const context = paper(canvas, room.clientWidth, room.clientHeight);
  edges(context, boxes, plan, data.axes, theme);
  const kind = look.measure.endsWith("loss") ? "loss" : "metric";
  const range = frame && curves ? curveRange(frame, kind) : null;
  for (const spot of boxes.spots) {
    const known = frame ? spot.cells.filter((cell) => frame.has(cell)) : [];
    const pictures = curves ? [] : known.map((cell) => frame.picture(cell)).filter(Boolean);
    if (known.length && curves) drawCurves(context, frame, known, spot, kind, range, theme);
    else if (!drawPicture(context, pictures, spot)) empty(context, spot, data.problems, theme);
    if (known.length && known.every((cell) => ["diverged", "failed"].includes(frame.status(cell)))) cross(context, spot);
  }
  if (best >= 0) crown(context, boxes.spots[best], theme);
  outline(context, boxes.spots[view.pointed], theme);
}

/** A box without a picture: one that waits, or one that cannot be. */
function empty(context, spot, problems, theme) {
  if (spot.cells.every((cell) => problems[cell])) {
    hatch(context, spot, theme);
    cross(context, spot);
    return;
  }
  context.fillStyle = theme.surface;
  context.fillRect(spot.left, spot.top, spot.size, spot.size);
}

/** A frame around what is pointed at. */
export function outline(context, spot, theme) {
  if (!spot) return;
  context.strokeStyle = theme.text;
  context.lineWidth = 2.5;
  context.strokeRect(spot.left - 1, spot.top - 1, spot.width + 2, spot.size + 2);
}
