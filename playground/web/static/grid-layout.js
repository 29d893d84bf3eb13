// Where the cells of a grid are: which go across and which down, what is folded into one, and how large each can be.

const GAP = 3;
const LEAST = 4; // side of a box
const CROWN = 3; // what the frame around the best stands out
const NAME = 18; // the line with the name of what goes across
const VALUES = 18; // the values over the columns
const TITLE = 17; // which value of the third axis
const APART = 12; // between two blocks
const MOST_PIECES = 8;
const MUCH = 1.6;

/** The number of the cell at these places, one for each axis; the first axis runs fastest. */
export function numberOf(axes, place) {
  return place.reduceRight((number, at, i) => number * axes[i].values.length + at, 0);
}

/** The place of a cell on every axis. */
export function placeOf(axes, number) {
  return axes.map(({ values }) => {
    const at = number % values.length;
    number = Math.floor(number / values.length);
    return at;
  });
}

/**
 * What stands in the mosaic: `{across, down, rest, shown, spots, columns, rows}`. Each spot has its column x, its row y,
 * the value z of the third axis, and the cells in it: one, or where an axis is folded all of that.
 *
 * fold: the axis whose cells are seen together, null for none; slice: which value of the third axis is looked at, null
 * for all of them side by side, which are `shown`.
 */
export function arrange(axes, fold, slice) {
  const open = axes.map((_, i) => i).filter((i) => i !== fold);
  const [across, down, rest] = [open[0] ?? null, open[1] ?? null, open[2] ?? null];
  const length = (axis) => (axis === null ? 1 : axes[axis].values.length);
  const all = Array.from({ length: length(rest) }, (_, z) => z);
  const shown = slice === null ? all : all.slice(slice, slice + 1);
  const spots = [];
  for (const z of shown) {
    for (let y = 0; y < length(down); y += 1) {
      for (let x = 0; x < length(across); x += 1) {
        const place = axes.map((_, i) => (i === across ? x : i === down ? y : i === rest ? z : 0));
        const folded = fold === null ? [place] : axes[fold].values.map((_, at) => place.map((old, i) => (i === fold ? at : old)));
        spots.push({ x, y, z, place, cells: folded.map((one) => numberOf(axes, one)) });
      }
    }
  }
  return { across, down, rest, shown, spots, columns: length(across), rows: length(down) };
}

/**
 * Boxes for all spots in so much room: squares as large as they can be, or with `wide` as wide as there is room for.
 *
 * `{spots, blocks, size, width, apart, middle}`: the grid stands in blocks, one for each value of a third axis that is shown,
 * and a long one cut into several, `apart` from left to left. A block is `{column, left, top, z, columns, rows, named,
 * titled}`: which values of the axes it has ([from, to]), whether those down are written beside it, and whether it is
 * one of a third axis. Without an axis down there is one block, a row of boxes, `wrapped` where that is better.
 */
export function boxes(plan, width, height, labels, wide = false) {
  return plan.down === null ? strip(plan, width - CROWN, height - CROWN, labels, wide) : sheet(plan, width - CROWN, height - CROWN, labels, wide);
}

function strip(plan, width, height, labels, wide) {
  const { columns } = plan;
  const wrapped = wrap(columns, width, height - NAME);
  const lines = Math.ceil(columns / wrapped);
  const over = wrapped === columns ? 0 : labels.line; // a value over every box of its own
  const top = wrapped === columns ? NAME + VALUES : NAME;
  const room = [Math.floor((width - 4) / wrapped) - GAP, Math.floor((height - top - over * lines) / lines) - GAP];
  const { size, across } = sized(room, wide);
  const spots = plan.spots.map((spot, i) => {
    const [column, line] = [i % wrapped, Math.floor(i / wrapped)];
    return { ...spot, left: 4 + column * (across + GAP), top: top + over + line * (size + GAP + over), size, width: across };
  });
  const block = { left: 4, top, z: 0, columns: [0, columns], rows: [0, 1], named: false };
  return { spots, blocks: [block], size, width: across, middle: [4 + (wrapped * (across + GAP)) / 2, 0], wrapped: wrapped !== columns };
}

function sheet(plan, width, height, labels, wide) {
  let best = null;
  for (const cut of cuts(plan)) {
    for (let per = 1; per <= cut.blocks.length; per += 1) {
      const tried = fitted(cut, per, width, height, labels, wide);
      // In pieces a grid is harder to read: only where its boxes become much larger by that.
      const enough = best && cut.pieces > best.cut.pieces ? MUCH : 1.02;
      if (!best || tried.side > enough * best.side) best = tried;
    }
  }
  return placed(plan, best);
}

/** The ways to take a grid apart: by the third axis, or into so many pieces of its rows or columns. */
function cuts({ shown, rest, columns, rows }) {
  const whole = { columns: [0, columns], rows: [0, rows] };
  if (rest !== null) return [{ pieces: 1, titled: true, wide: columns, high: rows, blocks: shown.map((z) => ({ ...whole, z })) }];
  const long = rows > columns ? "rows" : "columns";
  const length = Math.max(rows, columns);
  return Array.from({ length: Math.min(MOST_PIECES, length) }, (_, i) => {
    const part = Math.ceil(length / (i + 1));
    const blocks = Array.from({ length: Math.ceil(length / part) }, (_, k) => ({ ...whole, z: 0, [long]: [k * part, Math.min(length, (k + 1) * part)] }));
    return { pieces: i + 1, titled: false, wide: long === "columns" ? part : columns, high: long === "rows" ? part : rows, blocks };
  });
}

/** How large boxes can be with so many blocks side by side. */
function fitted(cut, per, width, height, labels, wide) {
  const lines = Math.ceil(cut.blocks.length / per);
  const head = VALUES + (cut.titled ? TITLE : 0);
  const apart = cut.pieces > 1 ? labels.left - NAME + APART : APART; // its own values down beside every piece
  const room = [
    Math.floor((width - labels.left - (per - 1) * apart) / (per * cut.wide)) - GAP,
    Math.floor((height - NAME - lines * head - (lines - 1) * APART) / (lines * cut.high)) - GAP,
  ];
  const { size, across } = sized(room, wide);
  const least = Math.min(...room); // of boxes that do not fit the largest are still the best
  return { cut, per, head, apart, left: labels.left, size, across, side: least < LEAST ? Math.max(0, least) / LEAST : Math.sqrt(size * across) };
}

function placed(plan, { cut, per, head, apart, left, size, across }) {
  const [broad, high] = [cut.wide * (across + GAP), cut.high * (size + GAP)];
  const blocks = cut.blocks.map((block, i) => {
    const [column, line] = [i % per, Math.floor(i / per)];
    const top = NAME + head + line * (high + head + APART);
    return { ...block, column, left: left + column * (broad + apart), top, named: column === 0 || cut.pieces > 1, titled: cut.titled };
  });
  const spots = plan.spots.map((spot) => {
    const block = blocks.find(({ z, columns, rows }) => (plan.rest === null || z === spot.z) && within(spot.x, columns) && within(spot.y, rows));
    const [x, y] = [spot.x - block.columns[0], spot.y - block.rows[0]];
    return { ...spot, left: block.left + x * (across + GAP), top: block.top + y * (size + GAP), size, width: across };
  });
  const last = blocks[blocks.length - 1];
  const middle = [left + (Math.min(per, blocks.length) * (broad + apart) - apart) / 2, (NAME + last.top + high) / 2];
  return { spots, blocks, size, width: across, apart: broad + apart, middle, wrapped: false };
}

function sized(room, wide) {
  if (!wide) {
    const size = Math.max(LEAST, Math.min(...room, 260));
    return { size, across: size };
  }
  const size = Math.max(LEAST, Math.min(room[1], 260, Math.max(1.6 * room[0], 12)));
  return { size, across: Math.max(LEAST, Math.min(room[0], Math.max(62, 2 * size))) };
}

const within = (value, [from, to]) => value >= from && value < to;

function wrap(count, width, height) {
  let best = { side: 0, columns: count };
  for (let columns = 1; columns <= count; columns += 1) {
    const side = Math.min(width / columns, height / Math.ceil(count / columns) - 16);
    if (side > best.side + 1) best = { side, columns };
  }
  return best.columns;
}

/** The box that an arrow key leads to from one, or that one itself. */
export function beside(spots, at, key) {
  const [along, across, sign] = { ArrowLeft: ["left", "top", -1], ArrowRight: ["left", "top", 1], ArrowUp: ["top", "left", -1], ArrowDown: ["top", "left", 1] }[key];
  const from = spots[at];
  let found = at;
  spots.forEach((spot, i) => {
    const [ahead, aside] = [sign * (spot[along] - from[along]), Math.abs(spot[across] - from[across])];
    if (ahead <= 0 || aside > spot.size / 2) return;
    if (found === at || ahead < sign * (spots[found][along] - from[along])) found = i;
  });
  return found;
}
