// Where the cells of a grid are: which go across and which down, what is folded into one, and how large each can be.

const GAP = 3;

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
 * What stands in the mosaic: `{across, down, rest, spots}`. Each spot has its column, its row, and the cells in it: one,
 * or where an axis is folded all of that.
 *
 * fold: the axis whose cells are seen together, null for none; slice: which value of the third axis is looked at.
 */
export function arrange(axes, fold, slice) {
  const open = axes.map((_, i) => i).filter((i) => i !== fold);
  const [across, down, rest] = [open[0] ?? null, open[1] ?? null, open[2] ?? null];
  const length = (axis) => (axis === null ? 1 : axes[axis].values.length);
  const spots = [];
  for (let y = 0; y < length(down); y += 1) {
    for (let x = 0; x < length(across); x += 1) {
      const place = axes.map((_, i) => (i === across ? x : i === down ? y : i === rest ? Math.min(slice, length(rest) - 1) : 0));
      const folded = fold === null ? [place] : axes[fold].values.map((_, at) => place.map((old, i) => (i === fold ? at : old)));
      spots.push({ x, y, place, cells: folded.map((one) => numberOf(axes, one)) });
    }
  }
  return { across, down, rest, spots, columns: length(across), rows: length(down) };
}

/**
 * Boxes for all spots in so much room: squares as large as they can be, or with `wide` as wide as there is room for. A
 * single row is wrapped where that is better.
 */
export function boxes(plan, width, height, labels, wide = false) {
  const { columns, rows } = plan;
  const wrapped = rows === 1 && plan.down === null ? wrap(columns, width, height) : columns;
  const lines = Math.ceil((columns * rows) / wrapped);
  const left = rows > 1 ? labels.left : 4;
  const head = wrapped === columns ? labels.top : 0;
  const over = wrapped === columns ? 0 : labels.line; // a label over every box of its own
  const room = [Math.floor((width - left) / wrapped) - GAP, Math.floor((height - head - over * lines) / lines) - GAP];
  const size = Math.max(4, Math.min(...room, 260));
  const across = wide ? Math.max(size, Math.min(room[0], Math.max(62, 2 * size))) : size;
  const spots = plan.spots.map((spot, i) => {
    const [column, line] = wrapped === columns ? [spot.x, spot.y] : [i % wrapped, Math.floor(i / wrapped)];
    return { ...spot, left: left + column * (across + GAP), top: head + over + line * (size + GAP + over), size, width: across };
  });
  return { spots, size, width: across, left, top: head, wrapped: wrapped !== columns, right: left + wrapped * (across + GAP) };
}

function wrap(count, width, height) {
  let best = { side: 0, columns: count };
  for (let columns = 1; columns <= count; columns += 1) {
    const side = Math.min(width / columns, height / Math.ceil(count / columns) - 16);
    if (side > best.side + 1) best = { side, columns };
  }
  return best.columns;
}
