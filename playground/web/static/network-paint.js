// Painting the network diagram: one canvas, links first, tiles over them.
//
// A thousand SVG paths cost a browser more than a frame has; strokes gathered by look into a few dozen paths do not.

import { curve } from "./network-layout.js";

const LEVELS = 12; // different widths of links; weaker ones are drawn first

/**
 * Paint everything. `focus` = {column, row} | null: a tile whose links stand out; `link` = a hovered link | null.
 */
export function paint(context, { layout, scene, theme, focus, link }) {
  context.clearRect(0, 0, layout.width, layout.height);
  paintSkips(context, layout, scene, theme);
  paintLinks(context, layout, scene, theme, focus);
  if (link) paintOneLink(context, layout, link, theme);
  layout.columns.forEach((column, c) => paintColumn(context, layout, scene, theme, column, c));
}

/** Every link with its curve: calls `visit(curve, weight, link number, from row, to row)`. */
export function eachLink(layout, scene, visit) {
  scene.base.links.forEach(([fromColumn, toColumn], number) => {
    const from = layout.columns[fromColumn].rows.filter(({ unit }) => unit !== null);
    const to = layout.columns[toColumn].rows;
    for (const target of to) {
      for (const source of from) {
        const weight = scene.weight(number, target.unit, source.unit);
        if (weight !== null && weight !== undefined) visit(source, target, weight, number);
      }
    }
  });
}

function paintLinks(context, layout, scene, theme, focus) {
  const quiet = new Map();
  const loud = focus ? new Map() : quiet;
  const mute = new Map();
  eachLink(layout, scene, (source, target, weight, number) => {
    const strength = Math.min(1, Math.abs(weight) / scene.scale);
    const level = Math.min(LEVELS - 1, Math.floor(strength * LEVELS));
    const [from] = scene.base.links[number];
    const heard = !scene.isSilenced(from, source.unit); // what a silenced neuron says reaches nobody
    const paths = !heard ? mute : !focus || touches(scene.base.links[number], source, target, focus) ? loud : quiet;
    // One path for each look and pair of columns: larger ones take a software canvas longer, smaller ones too.
    const key = (level * 2 + (weight < 0 ? 0 : 1)) * 64 + (number % 64);
    if (!paths.has(key)) paths.set(key, new Path2D());
    trace(paths.get(key), curve(layout, source, target));
  });
  const widest = linkWidth(layout);
  strokePaths(context, mute, theme, widest, 0.12);
  if (focus) strokePaths(context, quiet, theme, widest, 0.2);
  strokePaths(context, loud, theme, widest, 1);
}

/** Width in pixels of the strongest link: thinner where many links share the room. */
export function linkWidth({ tile }) {
  return Math.min(8, Math.max(2.5, tile * 0.17));
}

function touches([fromColumn, toColumn], source, target, focus) {
  return (fromColumn === focus.column && source === focus.row) || (toColumn === focus.column && target === focus.row);
}

/** Weak links first, so that strong ones lie over them. */
function strokePaths(context, paths, theme, widest, alpha) {
  for (const key of [...paths.keys()].sort((a, b) => a - b)) {
    const look = Math.floor(key / 64);
    const strength = (Math.floor(look / 2) + 0.5) / LEVELS;
    const width = 0.4 + widest * strength;
    const opacity = alpha * (0.18 + 0.77 * Math.sqrt(strength)) * Math.min(1, width);
    context.lineWidth = Math.max(1, width); // a hairline is cheap; what is thinner yet is drawn paler instead
    context.strokeStyle = `rgba(${look % 2 ? theme.link.positive : theme.link.negative}, ${opacity})`;
    context.stroke(paths.get(key));
  }
}

function trace(path, { x0, y0, x1, y1, bend }) {
  path.moveTo(x0, y0);
  path.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1);
}

function paintOneLink(context, layout, { source, target, weight }, theme) {
  const path = new Path2D();
  trace(path, curve(layout, source, target));
  context.lineWidth = linkWidth(layout) + 4;
  context.strokeStyle = theme.text;
  context.stroke(path);
  context.lineWidth = linkWidth(layout) + 1;
  context.strokeStyle = `rgb(${weight < 0 ? theme.link.negative : theme.link.positive})`;
  context.stroke(path);
}

/** Residual blocks: what goes round a block, as a dashed arc over it. */
function paintSkips(context, layout, { base }, theme) {
  if (!base.skips?.length) return;
  context.save();
  context.setLineDash([5, 4]);
  context.lineWidth = 1.5;
  context.strokeStyle = theme.text;
  context.globalAlpha = 0.55;
  for (const [fromColumn, toColumn] of base.skips) {
    const [from, to] = [layout.columns[fromColumn], layout.columns[toColumn]];
    const x0 = from.x + layout.tile / 2;
    const x1 = to.x + layout.tile / 2;
    const y0 = from.rows[0].y - 2;
    const y1 = to.rows[0].y - 2;
    // Just over the tallest column it goes round.
    const peak = Math.min(...layout.columns.slice(fromColumn, toColumn + 1).map(({ rows }) => rows[0].y)) - 16;
    context.beginPath();
    context.moveTo(x0, y0);
    context.bezierCurveTo(x0, peak, x0 + 8, peak, x0 + 24, peak);
    context.lineTo(x1 - 24, peak);
    context.bezierCurveTo(x1 - 8, peak, x1, peak, x1, y1);
    context.stroke();
  }
  context.restore();
}

function paintColumn(context, layout, scene, theme, column, c) {
  const { tile } = layout;
  const radius = Math.min(5, tile * 0.12);
  const frames = new Path2D();
  for (const { x, y } of column.rows) frames.roundRect(x, y, tile, tile, radius);
  context.save();
  context.fillStyle = theme.surface;
  context.fill(frames);
  context.clip(frames);
  context.imageSmoothingEnabled = true;
  for (const row of column.rows) {
    if (row.unit === null) context.globalAlpha = 0.3;
    paintPicture(context, scene.picture(c, row), row.x, row.y, tile, theme);
    context.globalAlpha = 1;
  }
  context.restore();
  context.lineWidth = 1;
  context.strokeStyle = theme.dark ? "rgba(255, 255, 255, 0.35)" : "rgba(30, 35, 50, 0.45)";
  context.stroke(frames);
  if (scene.silenced.size) paintSilenced(context, layout, scene, theme, column, c);
  if (c > 0) paintBiases(context, layout, scene, theme, column, c);
}

/** What is silenced is greyed and crossed out. */
function paintSilenced(context, { tile }, scene, theme, column, c) {
  const radius = Math.min(5, tile * 0.12);
  for (const { x, y, unit } of column.rows) {
    if (unit === null || !scene.isSilenced(c, unit)) continue;
    context.beginPath();
    context.roundRect(x, y, tile, tile, radius);
    context.fillStyle = theme.surface;
    context.globalAlpha = 0.82;
    context.fill();
    context.beginPath();
    const inset = tile * 0.24;
    context.moveTo(x + inset, y + inset);
    context.lineTo(x + tile - inset, y + tile - inset);
    context.moveTo(x + tile - inset, y + inset);
    context.lineTo(x + inset, y + tile - inset);
    context.lineWidth = Math.max(1.5, tile * 0.05);
    context.lineCap = "round";
    context.strokeStyle = theme.text;
    context.globalAlpha = 0.6;
    context.stroke();
    context.globalAlpha = 1;
  }
}

/** A response by itself, `size` pixels wide, on a canvas of its own; none leaves no room for it. */
export function portrait(canvas, picture, size, theme) {
  canvas.hidden = !picture;
  if (!picture) return;
  const scale = devicePixelRatio || 1;
  canvas.width = canvas.height = size * scale;
  canvas.style.width = canvas.style.height = `${size}px`;
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  context.imageSmoothingQuality = "high";
  paintPicture(context, alone(picture), 0, 0, size, theme);
}

/** A map without its neighbours, whose colours would show at its edges when it is much enlarged. */
function alone({ tiles, index }) {
  if (tiles.curves) return { tiles, index };
  const { size } = tiles;
  const atlas = new OffscreenCanvas(size, size);
  atlas.getContext("2d").drawImage(tiles.atlas, 0, -index * size);
  return { tiles: { size, atlas }, index: 0 };
}

/** One response, `size` pixels wide, at (x, y): a map, or the curve of a one-dimensional network. */
export function paintPicture(context, picture, x, y, size, theme) {
  if (!picture) return;
  const { tiles, index } = picture;
  if (tiles.curves) paintCurve(context, tiles.curve(index), x, y, size, theme);
  else context.drawImage(tiles.atlas, 0, index * tiles.size, tiles.size, tiles.size, x, y, size, size);
}

/** The response over a line: blue above zero, orange below. */
function paintCurve(context, values, x, y, size, theme) {
  const middle = y + size / 2;
  const reach = size / 2 - 2;
  const line = new Path2D();
  const step = size / (values.length - 1);
  values.forEach((value, i) => line.lineTo(x + i * step, middle - value * reach));
  const area = new Path2D(line);
  area.lineTo(x + size, middle);
  area.lineTo(x, middle);
  for (const [top, colour] of [[y, theme.link.positive], [middle, theme.link.negative]]) {
    context.save();
    context.beginPath();
    context.rect(x, top, size, size / 2);
    context.clip();
    context.fillStyle = `rgba(${colour}, 0.75)`;
    context.fill(area);
    context.strokeStyle = `rgb(${colour})`;
    context.lineWidth = 2;
    context.stroke(line);
    context.restore();
  }
  context.fillStyle = theme.text;
  context.globalAlpha *= 0.5;
  context.fillRect(x, middle - 0.5, size, 1);
  context.globalAlpha *= 2;
}

/** A small dot at a tile's corner, as large as its bias. */
function paintBiases(context, layout, scene, theme, column, c) {
  const { tile } = layout;
  for (const row of column.rows) {
    const bias = scene.bias(c, row.unit);
    if (!bias) continue;
    const radius = Math.max(1.2, Math.min(1, Math.abs(bias) / scene.scale) * tile * 0.1 + 1);
    context.beginPath();
    context.arc(row.x, row.y + tile, radius, 0, 2 * Math.PI);
    context.fillStyle = `rgb(${bias < 0 ? theme.link.negative : theme.link.positive})`;
    context.fill();
    context.strokeStyle = theme.background;
    context.stroke();
  }
}
