// Where everything of the network diagram goes: pure geometry, in CSS pixels.

const HEADER = 50; // a title, and the stepper under it
const SKIP_ROOM = 22; // above the tiles, for the arcs of residual blocks
const FOOTER = 20; // "+12 more"
const TILE = { least: 14, most: 74 };
const GAP = 0.22; // between tiles of a column, as a share of a tile
const PITCH = { least: 70, most: 190 }; // from column to column; the least leaves room for its stepper

/**
 * Places for the columns and tiles of `base` in a box of `width` x `height`.
 *
 * Gives `{width, height, tile, top, bottom, left, right, pitch, columns: [{x, rows: [{x, y, unit, feature}], more}]}`;
 * `left` and `right` are the room for names beside the first and last column. `width` is more than asked for when the
 * columns do not fit (the diagram then scrolls). A row's `unit` is its index in the frame's arrays, null for an input
 * that is switched off.
 */
export function arrange(base, width, height) {
  const rows = base.columns.map(rowsOf);
  const elided = base.columns.some((column) => column.shown < column.units);
  const top = HEADER + (base.skips?.length ? SKIP_ROOM : 0);
  const bottom = height - (elided ? FOOTER : 8);
  const tallest = Math.max(1, ...rows.map((list) => list.length));
  const left = labelRoom(base.columns[0]);
  const right = labelRoom(base.columns.at(-1));
  const gaps = Math.max(1, base.columns.length - 1);

  const tallEnough = (bottom - top) / (tallest + GAP * (tallest - 1));
  const wideEnough = (width - left - right) / (gaps * 1.9 + 1);
  const tile = Math.floor(clamp(Math.min(tallEnough, wideEnough), TILE.least, TILE.most));
  const pitch = clamp((width - left - right - tile) / gaps, PITCH.least, Math.max(PITCH.most, tile * 4.2));
  const used = left + gaps * pitch + tile + right;
  const start = left + Math.max(0, (width - used) / 2);

  const step = Math.min(tile * (1 + GAP), (bottom - top - tile) / Math.max(1, tallest - 1));
  const tall = (tallest - 1) * step + tile;
  const middle = top + tall / 2 + Math.min(24, (bottom - top - tall) / 2); // near its titles, when there is room to spare

  const columns = rows.map((list, c) => {
    const x = start + (rows.length === 1 ? 0 : c * pitch);
    const first = middle - ((list.length - 1) * step + tile) / 2;
    const placed = list.map((row, i) => ({ ...row, x, y: first + i * step }));
    const hidden = base.columns[c].units - base.columns[c].shown;
    return { x, rows: placed, more: hidden > 0 ? { y: first + (list.length - 1) * step + tile + 3, count: hidden } : null };
  });
  return { width: Math.max(width, used), height, tile, top, bottom, pitch, columns, left, right };
}

function rowsOf(column) {
  if (column.features?.length) {
    let unit = 0;
    return column.features.map((feature) => ({ feature, unit: feature.on ? unit++ : null }));
  }
  return Array.from({ length: column.shown }, (_, unit) => ({ unit, feature: null }));
}

/** Room beside the first and the last column for the names of its tiles. */
function labelRoom(column) {
  const names = column.features?.map(({ title }) => title) ?? (column.kind === "hidden" ? [] : (column.names ?? []));
  const longest = Math.max(0, ...names.map((name) => String(name).length));
  return clamp(14 + longest * 7, 14, 120);
}

export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), Math.max(low, high));
}

/** The cubic from a tile's right edge to another's left: `[x0, y0, bend, y1, x1]`, bend = how far it leaves straight. */
export function curve(layout, from, to) {
  const half = layout.tile / 2;
  const x0 = from.x + layout.tile;
  return { x0, y0: from.y + half, x1: to.x, y1: to.y + half, bend: (to.x - x0) * 0.5 };
}

/** Height of a link's curve at x, by bisection: x grows along the whole curve. */
export function heightAt({ x0, y0, x1, y1, bend }, x) {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 14; i += 1) {
    const t = (low + high) / 2;
    if (cubic(x0, x0 + bend, x1 - bend, x1, t) < x) low = t;
    else high = t;
  }
  return cubic(y0, y0, y1, y1, low);
}

function cubic(a, b, c, d, t) {
  const u = 1 - t;
  return u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d;
}
