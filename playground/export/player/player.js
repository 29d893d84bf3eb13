// Plays the film of a run: a figure that stands still, and what moves in it, frame by frame. Nothing is loaded.

const film = JSON.parse(document.getElementById("film").textContent);
const $ = (id) => document.getElementById(id);
const PACE = 14; // frames a second at 1×

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

// -- the page ---------------------------------------------------------------------------------------------------------

function showKeys(place, entries) {
  for (const [sign, colour, text] of entries) {
    const key = document.createElement("span");
    const mark = document.createElement("b");
    mark.textContent = sign;
    mark.style.color = colour;
    key.append(mark, ` ${text}`);
    place.append(key);
  }
}

function number(value, digits = 3) {
  if (value === null || value === undefined) return "–";
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)) return value.toExponential(1).replace("-", "−");
  return value.toFixed(digits).replace("-", "−");
}

function readings() {
  const percent = film.metric === "accuracy";
  const metric = (value) => (percent && value !== null ? `${(100 * value).toFixed(1)} %` : number(value));
  const name = percent ? "accuracy" : "R²";
  const tested = film.moments.some(({ test_loss: loss }) => loss !== null);
  return [
    ["Epoch", ({ epoch }) => number(epoch, epoch < 10 && epoch % 1 ? 2 : 0)],
    ["Step", ({ step }) => step.toLocaleString("en")],
    ["Training loss", ({ train_loss: loss }) => number(loss)],
    ["Test loss", ({ test_loss: loss }) => number(loss), tested],
    [`Training ${name}`, ({ train_metric: value }) => metric(value)],
    [`Test ${name}`, ({ test_metric: value }) => metric(value), tested],
  ].filter(([, , shown]) => shown !== false);
}

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

class Player {
  constructor(parts) {
    this.parts = parts;
    this.at = 0;
    this.last = film.moments.length - 1;
    for (const { trace, kind, lo, hi } of parts) if (kind === "map") Object.assign(film.traces[trace], { lo, hi });
    this.picture = new Plot($("picture"), film);
    this.curves = film.curves.length ? new Plot($("curves"), lossFigure(film.curves)) : null;
    this.readings = readings().map(([name, read]) => ({ read, place: this.#reading(name) }));
    this.#wire();
    this.#theme();
    this.show(matchMedia("(prefers-reduced-motion: reduce)").matches ? this.last : 0);
  }

  #reading(name) {
    const [group, term, value] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
    term.textContent = name;
    group.append(term, value);
    $("readings").append(group);
    return value;
  }

  #wire() {
    $("slider").max = this.last;
    $("slider").disabled = $("play").disabled = this.last === 0;
    $("slider").addEventListener("input", () => this.#pause().show(Number($("slider").value)));
    $("play").addEventListener("click", () => (this.playing ? this.#pause() : this.play()));
    $("curves").addEventListener("click", (event) => this.#seek(event));
    document.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.show(this.at)).observe($("picture"));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.#theme();
      this.show(this.at);
    });
  }

  #theme() {
    const style = getComputedStyle(document.documentElement);
    this.theme = { text: style.getPropertyValue("--text").trim(), line: style.getPropertyValue("--line").trim() };
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || ["SELECT", "INPUT", "BUTTON"].includes(event.target.tagName)) return;
    if (event.key === " ") this.playing ? this.#pause() : this.play();
    else if (event.key === "ArrowRight") this.#pause().show(Math.min(this.last, this.at + 1));
    else if (event.key === "ArrowLeft") this.#pause().show(Math.max(0, this.at - 1));
    else return;
    event.preventDefault();
  }

  /** A click in the losses goes to the frame nearest to that epoch. */
  #seek(event) {
    const { box, x } = this.curves;
    const epoch = x.range[0] + ((event.offsetX - box.left) / (box.right - box.left)) * (x.range[1] - x.range[0]);
    const far = film.moments.map((moment) => Math.abs(moment.epoch - epoch));
    this.#pause().show(far.indexOf(Math.min(...far)));
  }

  show(k) {
    this.at = k;
    for (const { trace, path, values } of this.parts) film.traces[trace][path] = values(k);
    this.picture.draw(this.theme);
    const moment = film.moments[k];
    this.curves?.draw(this.theme, moment.epoch);
    for (const { read, place } of this.readings) place.textContent = read(moment);
    $("slider").value = k;
    $("moment").textContent = `epoch ${number(moment.epoch, moment.epoch < 10 && moment.epoch % 1 ? 2 : 0)}`;
    $("slider").setAttribute("aria-valuetext", `${$("moment").textContent}, training loss ${number(moment.train_loss)}`);
  }

  play() {
    if (this.last === 0) return;
    this.playing = true;
    $("play").textContent = "Pause";
    let place = this.at === this.last ? 0 : this.at;
    let before = null;
    const go = (now) => {
      if (!this.playing) return;
      place += before === null ? 0 : ((now - before) / 1000) * PACE * Number($("speed").value);
      before = now;
      const k = Math.min(this.last, Math.floor(place));
      if (k !== this.at) this.show(k);
      if (k === this.last) this.#pause();
      else requestAnimationFrame(go);
    };
    requestAnimationFrame(go);
  }

  #pause() {
    this.playing = false;
    $("play").textContent = "Play";
    return this;
  }
}

async function begin() {
  $("title").textContent = film.title;
  $("about").textContent = film.about;
  $("picture").setAttribute("aria-label", film.description);
  showKeys($("keys"), film.keys);
  showKeys($("curve-keys"), film.curves.map(({ name, colour }) => ["━", colour, name]));
  const parts = await Promise.all(film.moving.map(async (part) => ({ ...part, values: await unpack(part) })));
  globalThis.player = new Player(parts);
  document.body.dataset.ready = "true";
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) globalThis.player.play();
}

begin().catch((error) => {
  $("note").textContent = `This browser cannot play the film (${error.message}). A newer one can.`;
});
