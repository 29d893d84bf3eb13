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

class BoundaryStage {
  constructor(parts) {
    this.node = $("picture");
    this.parts = parts;
    for (const { trace, kind, lo, hi } of parts) if (kind === "map") Object.assign(film.traces[trace], { lo, hi });
    this.picture = new Plot(this.node, film);
    this.losses = new Losses($("curves"));
    this.themed();
  }

  themed() {
    this.theme = pageTheme();
  }

  show(k) {
    for (const { trace, path, values } of this.parts) film.traces[trace][path] = values(k);
    this.picture.draw(this.theme);
    this.losses.draw(this.theme, film.moments[k].epoch);
  }
}

async function boundary() {
  $("picture").setAttribute("aria-label", film.description);
  showKeys($("keys"), film.keys);
  return new BoundaryStage(await Promise.all(film.moving.map(async (part) => ({ ...part, values: await unpack(part) }))));
}

begin(boundary());
