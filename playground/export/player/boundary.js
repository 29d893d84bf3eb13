// The stage of the boundary's film: a figure that stands still and what moves in it, on a canvas; the losses beside it.

// -- unpacking (see playground/export/moving.py) ----------------------------------------------------------------------

async function inflate(text) {
  const raw = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

/** A function from a frame's number to the numbers that the part has there; those of a map stay bytes. */
async function unpack({ kind, shape, lo, hi, data }) {
  const size = shape.reduce((product, count) => product * count, 1);
  const buffer = await inflate(data);
  if (kind === "map") {
    const levels = new Uint8Array(buffer);
    for (let i = size; i < levels.length; i += 1) levels[i] += levels[i - size]; // wraps, as it was made
    return (k) => levels.subarray(k * size, (k + 1) * size);
  }
  const levels = new Uint16Array(buffer); // little-endian, as every machine with a browser is
  return (k) => Float64Array.from(levels.subarray(k * size, (k + 1) * size), (level) => lo[k] + (level / 65535) * (hi[k] - lo[k]));
}

// -- the pictures -----------------------------------------------------------------------------------------------------

/** The losses as a figure of our own. A first loss far above all others would flatten them: it leaves the plot. */
function lossFigure(lines) {
  const values = lines.flatMap(({ y }) => y).sort((a, b) => a - b);
  const most = Math.min(values.at(-1), 4 * values[Math.floor(values.length * 0.9)] || values.at(-1));
  const last = Math.max(...lines.map(({ x }) => x.at(-1)));
  return {
    traces: lines.map(({ x, y, colour, name }) => ({ type: "scatter", mode: "lines", x, y, line: { color: colour, width: name === "test" ? 2.4 : 1.6 } })),
    axes: [{ range: [0, last || 1], title: "epochs" }, { range: [Math.min(0, values[0]), most * 1.05 || 1], title: "loss" }],
  };
}

class BoundaryStage {
  constructor(parts) {
    this.node = $("picture");
    this.parts = parts;
    for (const { trace, kind, lo, hi } of parts) if (kind === "map") Object.assign(film.traces[trace], { lo, hi });
    this.picture = new Plot(this.node, film);
    this.curves = film.curves.length ? new Plot($("curves"), lossFigure(film.curves)) : null;
    $("curves").addEventListener("click", (event) => this.#seek(event));
    this.themed();
  }

  themed() {
    const style = getComputedStyle(document.documentElement);
    this.theme = { text: style.getPropertyValue("--text").trim(), line: style.getPropertyValue("--line").trim() };
  }

  /** A click in the losses goes to the frame nearest to that epoch. */
  #seek(event) {
    const { box, x } = this.curves;
    const share = (event.offsetX - box.left) / (box.right - box.left);
    globalThis.player.seek(x.range[0] + share * (x.range[1] - x.range[0]));
  }

  show(k) {
    for (const { trace, path, values } of this.parts) film.traces[trace][path] = values(k);
    this.picture.draw(this.theme);
    this.curves?.draw(this.theme, film.moments[k].epoch);
  }
}

async function boundary() {
  $("picture").setAttribute("aria-label", film.description);
  showKeys($("keys"), film.keys);
  showKeys($("curve-keys"), film.curves.map(({ name, colour }) => ["━", colour, name]));
  return new BoundaryStage(await Promise.all(film.moving.map(async (part) => ({ ...part, values: await unpack(part) }))));
}

begin(boundary());
