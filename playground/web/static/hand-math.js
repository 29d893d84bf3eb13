// The arithmetic of one convolution, of ReLU and of pooling, for a person to follow step by step.
//
// A map is {values, channels, height, width}: channel first, row by row. A geometry is {kernel, stride, padding,
// dilation}, the same for height and width, and means what it means to PyTorch. The kernel is not turned round: like every
// library of the field this computes a cross-correlation and calls it a convolution.

/** How many places a window has along a side of `size` pixels; none (0) where it does not fit. */
export function places(size, { kernel, stride = 1, padding = 0, dilation = 1 }) {
  return Math.max(0, Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1);
}

/** How many pixels a window covers along a side, gaps included. */
export function reach({ kernel, dilation = 1 }) {
  return dilation * (kernel - 1) + 1;
}

/** The pixels under the window of the output at `row`, `column`: k * k of {row, column, inside}, row by row. Those of the
 * padding lie outside. */
export function windowAt({ height, width }, { kernel, stride = 1, padding = 0, dilation = 1 }, row, column) {
  const cells = [];
  for (let i = 0; i < kernel; i += 1) {
    for (let j = 0; j < kernel; j += 1) {
      const y = row * stride - padding + i * dilation;
      const x = column * stride - padding + j * dilation;
      cells.push({ row: y, column: x, inside: y >= 0 && y < height && x >= 0 && x < width });
    }
  }
  return cells;
}

/** The values of a channel under such cells; `outside` is that of the padding. */
export function under({ values, height, width }, channel, cells, outside = 0) {
  const start = channel * height * width;
  return cells.map(({ row, column, inside }) => (inside ? values[start + row * width + column] : outside));
}

/** The output whose window lies nearest to a pixel of the input: its middle, as near as the stride allows. */
export function nearest({ height, width }, geometry, row, column) {
  const { stride = 1, padding = 0 } = geometry;
  const along = (pixel, size) => {
    const place = Math.round((pixel + padding - (reach(geometry) - 1) / 2) / stride);
    return Math.max(0, Math.min(places(size, geometry) - 1, place));
  };
  return { row: along(row, height), column: along(column, width) };
}

/** The sum over all channels and cells of pixel times weight, plus bias, at every place: a map of one channel.
 * `weights` are channels * kernel * kernel. */
export function convolve(map, weights, bias, geometry) {
  const { kernel } = geometry;
  return slide(map, geometry, (cells) => {
    let sum = bias;
    for (let channel = 0; channel < map.channels; channel += 1) {
      const values = under(map, channel, cells);
      const start = channel * kernel * kernel;
      for (let at = 0; at < values.length; at += 1) sum += values[at] * weights[start + at];
    }
    return sum;
  });
}

/** Max pooling (the padding never wins) or average pooling (the padding counts as zeros) of a map's first channel. */
export function pool(map, kind, geometry) {
  return slide(map, geometry, (cells) => pooled(under(map, 0, cells, outsideOf(kind)), kind));
}

/** What the padding counts as. */
export function outsideOf(kind) {
  return kind === "max" ? -Infinity : 0;
}

/** One number for the numbers under a window. */
export function pooled(values, kind) {
  return kind === "max" ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Everything below zero becomes zero. */
export function relu(map) {
  return { ...map, values: Float64Array.from(map.values, (value) => Math.max(0, value)) };
}

function slide(map, geometry, at) {
  const height = places(map.height, geometry);
  const width = places(map.width, geometry);
  const values = new Float64Array(height * width);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) values[row * width + column] = at(windowAt(map, geometry, row, column));
  }
  return { values, channels: 1, height, width };
}

/** Why a window cannot slide over an image, in a sentence; "" where it can. */
export function problem({ height, width }, geometry, { pools = false } = {}) {
  const { kernel, padding = 0 } = geometry;
  if (pools && padding > Math.floor(kernel / 2)) return `Padding of pooling is at most half the window: ${Math.floor(kernel / 2)}.`;
  const side = Math.min(height, width) + 2 * padding;
  if (reach(geometry) <= side) return "";
  return `The window covers ${reach(geometry)} pixels, the image with its padding has ${side}: take a smaller kernel or more padding.`;
}
