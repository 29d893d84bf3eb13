// What stands around the boxes of a grid, and over those that came to nothing.

/** What is varied, and its values along the edges of every block. */
export function edges(context, placed, { across, down, rest }, axes, theme) {
  const { spots, blocks, size, width, apart, middle, wrapped } = placed;
  context.fillStyle = theme.text;
  context.textBaseline = "middle";
  const plain = `12px ${theme.font}`;
  const bold = `600 12px ${theme.font}`;
  const longest = rest === null ? 0 : 7 * Math.max(...axes[rest].values.map((value) => value.length));
  const short = rest !== null && blocks.some(({ columns, z }) => titled(axes[rest], z).length * 7 > (columns[1] - columns[0]) * (width + 3));
  for (const block of blocks) {
    context.font = plain;
    context.textAlign = "center";
    if (across !== null && wrapped) axes[across].values.forEach((value, i) => context.fillText(value, spots[i].left + width / 2, spots[i].top - 8, width));
    else if (across !== null) columnValues(context, axes[across].values, block, width);
    if (down !== null && block.named) rowValues(context, axes[down].values, block, size);
    if (!block.titled) continue;
    const title = short ? axes[rest].values[block.z] : titled(axes[rest], block.z);
    context.font = bold;
    context.textAlign = "left";
    if (fits(block.column, apart, 8 + longest)) context.fillText(title, block.left, block.top - 27);
  }
  context.font = bold;
  context.textAlign = "center";
  if (across !== null) context.fillText(short ? `${axes[across].label}; over each part: ${axes[rest].label.toLowerCase()}` : axes[across].label, middle[0], 9);
  if (down === null) return;
  context.save();
  context.translate(9, middle[1]);
  context.rotate(-Math.PI / 2);
  context.fillText(axes[down].label, 0, 0);
  context.restore();
}

const titled = ({ label, values }, z) => `${label} ${values[z]}`;

/** As many as there is room for, evenly. */
const fits = (i, room, width) => i % Math.max(1, Math.ceil(width / (room + 3))) === 0;

function columnValues(context, values, { left, top, columns: [from, to] }, broad) {
  const width = Math.min(90, 8 + 6.6 * Math.max(...values.map((value) => value.length)));
  for (let i = 0; i < to - from; i += 1) {
    if (fits(i, broad, width)) context.fillText(values[from + i], left + i * (broad + 3) + broad / 2, top - 9, Math.max(broad, 40));
  }
}

function rowValues(context, values, { left, top, rows: [from, to] }, size) {
  context.textAlign = "right";
  for (let i = 0; i < to - from; i += 1) {
    if (fits(i, size, 14)) context.fillText(values[from + i], left - 6, top + i * (size + 3) + size / 2, 72);
  }
}

/** A mark on what came to nothing. */
export function cross(context, { left, top, size }) {
  const arm = Math.max(3, Math.min(9, size / 7));
  const [x, y] = [left + size / 2, top + size / 2];
  context.lineCap = "round";
  for (const [colour, width] of [["rgba(255, 255, 255, 0.9)", 5], ["#a8324a", 2.5]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x - arm, y - arm);
    context.lineTo(x + arm, y + arm);
    context.moveTo(x + arm, y - arm);
    context.lineTo(x - arm, y + arm);
    context.stroke();
  }
}
