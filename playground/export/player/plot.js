// A plot on a canvas: the figure's traces, axes and colour bar. Set before player.js; the two are one script.

const FONT = '12px system-ui, "Source Sans 3", "Segoe UI", sans-serif';

// -- colours ----------------------------------------------------------------------------------------------------------

const channels = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/** The RGB triple of a Plotly colour scale, `[[0, "#rrggbb"], ..., [1, "#rrggbb"]]`, at a place from 0 to 1. */
function colourAt(scale, place) {
  const upper = Math.max(1, scale.findIndex(([at], i) => i > 0 && at >= place));
  const [[low, start], [high, end]] = [scale[upper - 1], scale[upper]];
  const share = high > low ? Math.min(1, Math.max(0, (place - low) / (high - low))) : 1;
  const [from, to] = [channels(start), channels(end)];
  return from.map((value, c) => Math.round(value + (to[c] - value) * share));
}

function pointColours({ color, colorscale, cmin, cmax }, count) {
  if (!Array.isArray(color)) return new Array(count).fill(color ?? "#868e9c");
  return color.map((value) => `rgb(${colourAt(colorscale, Math.min(1, Math.max(0, (value - cmin) / (cmax - cmin))))})`);
}

/** The colour of each byte of a map whose bytes go from `lo` to `hi`: exact, as whole numbers may mean classes. */
function byteColours({ colorscale, zmin, zmax, lo, hi }) {
  return Array.from({ length: 256 }, (_, byte) => {
    const value = lo + ((hi - lo) * byte) / 255;
    return colourAt(colorscale, Math.min(1, Math.max(0, (value - zmin) / (zmax - zmin))));
  });
}

// -- one plot ---------------------------------------------------------------------------------------------------------

/** About `most` round numbers from low to high. */
function ticks(low, high, most) {
  const rough = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((each) => each * power >= rough) * power;
  const found = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n += 1) found.push(n * step);
  return { found, digits: Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))) };
}

function tickText(value, digits) {
  return Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-4) ? value.toExponential(0) : value.toFixed(digits).replace("-", "−");
}

class Plot {
  constructor(canvas, { traces, axes, square = false }) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.traces = traces.filter(({ visible }) => visible !== false);
    [this.x, this.y] = axes;
    this.square = square; // one unit is as long up as across
    this.bar = this.traces.find(({ showscale }) => showscale);
    for (const trace of this.traces) this.#prepare(trace);
  }

  #prepare(trace) {
    if (trace.type === "heatmap") {
      trace.colours = byteColours(trace);
      trace.image = document.createElement("canvas");
    } else if (trace.mode === "markers") trace.colours = pointColours(trace.marker, trace.x.length);
  }

  /** Where the plot's frame is, and how many pixels the canvas has. */
  #arrange() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const scale = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    this.context.setTransform(scale, 0, 0, scale, 0, 0);
    const box = { left: 56, top: 10, right: width - (this.bar ? 62 : 12), bottom: height - 40 };
    if (this.square) {
      const [across, up] = [this.x.range[1] - this.x.range[0], this.y.range[1] - this.y.range[0]];
      const unit = Math.min((box.right - box.left) / across, (box.bottom - box.top) / up);
      const spare = box.right - box.left - unit * across;
      box.left += spare / 2;
      box.right -= spare / 2;
      box.top = Math.max(box.top, box.bottom - unit * up - (box.bottom - box.top - unit * up) / 2);
      box.bottom = box.top + unit * up;
    }
    this.box = box;
    this.px = (x) => box.left + ((x - this.x.range[0]) / (this.x.range[1] - this.x.range[0])) * (box.right - box.left);
    this.py = (y) => box.bottom - ((y - this.y.range[0]) / (this.y.range[1] - this.y.range[0])) * (box.bottom - box.top);
  }

  draw(theme, mark = null) {
    this.#arrange();
    const { context, box } = this;
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.save();
    context.beginPath();
    context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    context.clip();
    for (const trace of this.traces) {
      if (trace.type === "heatmap") this.#map(trace);
      else if (trace.mode === "lines") this.#line(trace);
      else this.#points(trace);
    }
    if (mark !== null) this.#line({ x: [mark, mark], y: this.y.range, line: { color: theme.text, width: 1.5, dash: "dot" } });
    context.restore();
    this.#axes(theme);
    if (this.bar) this.#scale(theme);
  }

  #map({ x0, dx, y0, dy, z, colours, image }) {
    const size = Math.round(Math.sqrt(z.length));
    image.width = image.height = size;
    const pixels = new ImageData(size, size);
    for (let i = 0; i < z.length; i += 1) {
      const row = size - 1 - Math.floor(i / size); // row 0 of a map is its lowest y
      pixels.data.set([...colours[z[i]], 255], 4 * (row * size + (i % size)));
    }
    image.getContext("2d").putImageData(pixels, 0, 0);
    const [left, top] = [this.px(x0 - dx / 2), this.py(y0 + (size - 0.5) * dy)];
    this.context.imageSmoothingEnabled = true;
    this.context.imageSmoothingQuality = "high";
    this.context.drawImage(image, left, top, this.px(x0 + (size - 0.5) * dx) - left, this.py(y0 - dy / 2) - top);
  }

  #line({ x, y, line }) {
    const { context } = this;
    context.beginPath();
    for (let i = 0; i < x.length; i += 1) context.lineTo(this.px(x[i]), Math.max(-1e4, Math.min(1e4, this.py(y[i]))));
    context.setLineDash({ dot: [2, 4], dash: [7, 5] }[line.dash] ?? []);
    context.strokeStyle = line.color;
    context.lineWidth = line.width;
    context.lineJoin = "round";
    context.stroke();
    context.setLineDash([]);
  }

  #points({ x, y, marker, colours }) {
    const { context } = this;
    const { size = 6, line = {}, opacity = 1, symbol = "circle" } = marker;
    const filled = !symbol.endsWith("-open");
    context.lineWidth = line.width ?? 0;
    for (let i = 0; i < x.length; i += 1) {
      context.beginPath();
      context.arc(this.px(x[i]), this.py(y[i]), size / 2, 0, 2 * Math.PI);
      context.globalAlpha = opacity;
      context.fillStyle = colours[i];
      if (filled) context.fill();
      context.globalAlpha = 1;
      context.strokeStyle = line.color ?? (filled ? "#ffffff" : colours[i]);
      if (line.width) context.stroke();
    }
  }

  #axes(theme) {
    const { context, box } = this;
    context.font = FONT;
    context.fillStyle = theme.text;
    context.strokeStyle = theme.line;
    context.lineWidth = 1;
    context.strokeRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    const across = ticks(...this.x.range, Math.max(2, Math.min(7, (box.right - box.left) / 60)));
    const up = ticks(...this.y.range, Math.max(2, Math.min(7, (box.bottom - box.top) / 45)));
    context.textAlign = "center";
    context.textBaseline = "top";
    for (const value of across.found) context.fillText(tickText(value, across.digits), this.px(value), box.bottom + 5);
    context.fillText(this.x.title, (box.left + box.right) / 2, box.bottom + 22);
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const value of up.found) context.fillText(tickText(value, up.digits), box.left - 6, this.py(value));
    context.save();
    context.translate(box.left - 44, (box.top + box.bottom) / 2);
    context.rotate(-Math.PI / 2);
    context.textAlign = "center";
    context.fillText(this.y.title, 0, 0);
    context.restore();
  }

  #scale(theme) {
    const { context, box } = this;
    const { zmin, zmax, colorscale } = this.bar;
    const height = box.bottom - box.top;
    for (let y = 0; y < height; y += 1) {
      context.fillStyle = `rgb(${colourAt(colorscale, 1 - y / height)})`;
      context.fillRect(box.right + 12, box.top + y, 10, 1.5);
    }
    context.fillStyle = theme.text;
    context.textAlign = "left";
    const { found, digits } = ticks(zmin, zmax, 5);
    for (const value of found) context.fillText(tickText(value, digits), box.right + 26, box.bottom - ((value - zmin) / (zmax - zmin)) * height);
  }
}
