// What stands around the boxes of a grid, and over those that came to nothing.

/** What is varied, and its values along the edges. */
export function edges(context, { spots, size, width: broad, left, top, wrapped }, { across, down, columns, rows }, axes, theme) {
  context.fillStyle = theme.text;
  context.textBaseline = "middle";
  const fits = (i, room, width) => i % Math.max(1, Math.ceil(width / (room + 3))) === 0;
  if (across !== null) {
    const { values, label: name } = axes[across];
    const width = 8 + 6.6 * Math.max(...values.map((value) => value.length));
    context.textAlign = "center";
    context.font = `12px ${theme.font}`;
    values.forEach((value, i) => {
      if (wrapped) context.fillText(value, spots[i].left + broad / 2, spots[i].top - 8, broad);
      else if (fits(i, broad, Math.min(width, 90))) context.fillText(value, spots[i].left + broad / 2, top - 9, Math.max(broad, 40));
    });
    context.font = `600 12px ${theme.font}`;
    if (!wrapped) context.fillText(name, left + (columns * (broad + 3)) / 2, 9);
  }
  if (down !== null && rows > 1) {
    const { values, label: name } = axes[down];
    context.textAlign = "right";
    context.font = `12px ${theme.font}`;
    values.forEach((value, i) => fits(i, size, 14) && context.fillText(value, left - 6, spots[i * columns].top + size / 2, left - 24));
    context.save();
    context.translate(9, top + (rows * (size + 3)) / 2);
    context.rotate(-Math.PI / 2);
    context.textAlign = "center";
    context.font = `600 12px ${theme.font}`;
    context.fillText(name, 0, 0);
    context.restore();
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
