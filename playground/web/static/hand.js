// One convolution by hand: a window slides over image and map in step, and the sum behind every output is written out.

import { decode } from "./arrays.js";
import { HandBar } from "./hand-bar.js";
import { HandMap, scaleOf } from "./hand-map.js";
import { nearest, outsideOf, under, windowAt } from "./hand-math.js";
import { Sliding } from "./hand-sliding.js";
import { HandState } from "./hand-state.js";
import { HandSums } from "./hand-sums.js";
import { LiveComponent } from "./live-component.js";

const CELLS = { least: 13, most: 40, share: 0.27 }; // pixels, and of the height all rows together
const COLOURS = ["red", "green", "blue"];

export class HandView extends LiveComponent {
  constructor(root) {
    super(root);
    this.state = new HandState();
    this.layers = [];
    this.pointed = null; // the output under the pointer, which counts as long as it is there
    this.sweeping = false; // what the window has not come to yet is faint
    this.sliding = new Sliding(() => this.#slide(), (on) => this.bar.playing(on));
    this.#build();
    this.root.dataset.ready = "true"; // there is always a picture to begin with
  }

  #build() {
    const changed = (name) => (...values) => {
      this.state[name](...values);
      this.#show();
    };
    this.bar = new HandBar(this.root, {
      stage: changed("setStage"), source: changed("setSource"), kernel: changed("setKernel"), pooling: changed("setPooling"),
      geometry: changed("setGeometry"),
      learnt: (...filter) => {
        changed("setLearnt")(...filter);
        this.connection?.refresh();
      },
      move: (name) => this.#move(name),
      speed: (pace) => (this.sliding.pace = pace),
    });
    this.maps = document.createElement("div");
    this.maps.className = "np-hand-maps";
    this.root.append(this.maps);
    const go = { move: (rows, columns) => this.#walk(rows, columns), toggle: () => this.#play(!this.sliding.on) };
    this.input = new HandMap(this.maps, { ...go, ...this.#pointing((cell) => nearest(this.state.input(), this.state.window(), cell.row, cell.column)) });
    this.output = new HandMap(this.maps, { ...go, ...this.#pointing((cell) => cell) });
    this.lack = document.createElement("p");
    this.lack.className = "np-hand-lack";
    this.lack.setAttribute("role", "alert");
    this.root.append(this.lack);
    this.sums = new HandSums(this.root, { weight: changed("setWeight"), bias: changed("setBias"), channel: (index) => this.#channel(index) });
  }

  /** Pointing looks at an output as long as it lasts; pressing stays there. `outputOf` says which one a cell means. */
  #pointing(outputOf) {
    return {
      point: (cell) => {
        const at = cell && outputOf(cell);
        if (JSON.stringify(at) === JSON.stringify(this.pointed)) return;
        this.pointed = at;
        this.#show();
      },
      press: (cell) => {
        this.#play(false);
        this.sweeping = false;
        const { row, column } = outputOf(cell);
        this.state.go(row, column);
        this.#show();
      },
    };
  }

  #channel(index) {
    this.state.channel = index;
    this.#show();
  }

  // -- the run --------------------------------------------------------------------------------------------------------

  get name() {
    return "hand";
  }

  views() {
    return { hand: { ...this.options, ...this.state.learnt } };
  }

  updated() {
    this.root.style.height = this.data.height;
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "One convolution by hand");
    this.bar.teach(this.data.lesson ?? {});
    this.#show();
  }

  draw({ views }) {
    const frame = views?.hand?.frame;
    if (frame) this.#receive(frame);
  }

  #receive({ pixels, layers, learnt }) {
    this.layers = layers;
    const { layer, filter, geometry, bias } = learnt ?? {};
    const found = learnt && { layer, filter, geometry, bias, input: mapOf(learnt.inputs), weights: decode(learnt.weights).values };
    this.state.receive({ pixels: mapOf(pixels), learnt: found });
    if (this.state.keepWithin(layers)) this.connection?.refresh();
    this.#show();
  }

  // -- the window -----------------------------------------------------------------------------------------------------

  #move(name) {
    if (name === "play") {
      this.#play(!this.sliding.on);
      return;
    }
    this.#play(false);
    this.sweeping = this.state.chosen = true;
    if (name === "first") this.state.at = 0;
    else this.#step(name === "on" ? 1 : -1);
    this.#show();
  }

  #walk(rows, columns) {
    this.#play(false);
    this.sweeping = false;
    this.state.go(this.state.row + rows, this.state.column + columns);
    this.#show();
  }

  #play(on) {
    const { height, width } = this.state.size();
    if (on && (!this.sweeping || this.state.at >= height * width - 1)) this.state.at = 0; // from the start, to the end
    if (on) this.sweeping = this.state.chosen = true;
    this.sliding.turn(on);
  }

  /** The next place; it waits as long as somebody points at one. False at the end. */
  #slide() {
    const further = this.pointed !== null || this.#step(1);
    this.#show();
    return further;
  }

  /** One place on or back; false where there is none. */
  #step(by) {
    const { height, width } = this.state.size();
    const at = this.state.at + by;
    if (at < 0 || at >= height * width) return false;
    this.state.at = at;
    return true;
  }

  // -- what is shown --------------------------------------------------------------------------------------------------

  /** Draw soon; however often it is asked for, once a frame. */
  #show() {
    this.drawing ??= requestAnimationFrame(() => {
      this.drawing = null;
      if (this.theme) this.#draw();
    });
  }

  #draw() {
    const { state } = this;
    this.bar.show(state, this.layers, this.sliding.on);
    const problem = state.problem();
    this.lack.textContent = problem;
    this.maps.hidden = this.sums.node.hidden = Boolean(problem);
    if (problem) return;
    const kept = [state.at, state.chosen];
    if (this.pointed) state.go(this.pointed.row, this.pointed.column);
    this.#drawSums();
    this.#drawMaps();
    [state.at, state.chosen] = kept;
  }

  #drawMaps() {
    const { state } = this;
    const input = state.input();
    const output = state.output();
    const at = { row: state.row, column: state.column };
    const cells = windowAt(input, state.window(), at.row, at.column);
    const shown = sliceOf(input, state.stage === "convolution" ? state.channel : 0);
    const { width, height } = this.maps.getBoundingClientRect();
    const room = Math.max(40, Math.min((width - 16) / 2 - 4, height - 22));
    const { padding } = state.window();
    const plain = { ...shown, padding, cells, scale: scaleOf(input.values, { grey: this.#grey }) };
    this.input.draw({ ...plain, caption: `${this.#inputName()} ${sizes(input)}` }, room, this.theme);
    const done = this.sweeping ? state.at + 1 : undefined;
    const made = { ...output, padding: 0, at, done, scale: scaleOf(output.values, { grey: this.#greyOutput }) };
    this.output.draw({ ...made, caption: `output ${sizes(output)}` }, room, this.theme);
    for (const map of [this.input, this.output]) map.canvas.setAttribute("aria-label", this.#about(map.caption.textContent));
  }

  #about(caption) {
    const { row, column } = this.state;
    return `${caption}. The window is at row ${row + 1}, column ${column + 1}. Arrow keys move it, Enter lets it slide.`;
  }

  #inputName() {
    const { stage, found, channel } = this.state;
    if (stage !== "convolution") return stage === "relu" ? "what the convolution made" : "what ReLU made";
    if (!found) return "image";
    return found.input.channels > 1 ? `into the layer, ${this.#names()[channel]}` : "into the layer";
  }

  /** Whether the input is a picture, shown from black to white; other maps have a sign. */
  get #grey() {
    const { stage, found } = this.state;
    return stage === "convolution" && (!found || found.layer === 0);
  }

  /** A kernel that does nothing but average or copy makes pictures of pictures. */
  get #greyOutput() {
    return this.state.stage === "convolution" && this.#grey && ["identity", "blur"].includes(this.state.kernel);
  }

  #names() {
    const { found } = this.state;
    const count = found?.input.channels ?? 1;
    if (found?.layer === 0 && count === 3) return COLOURS;
    return Array.from({ length: count }, (_, index) => `channel ${index + 1}`);
  }

  #drawSums() {
    const { state } = this;
    const { stage } = state;
    const input = state.input();
    const geometry = state.window();
    const kind = stage === "pool" ? state.pooling : stage;
    const cells = windowAt(input, geometry, state.row, state.column);
    const channel = stage === "convolution" ? state.channel : 0;
    const area = geometry.kernel ** 2;
    const weights = stage === "convolution" ? Array.from(state.weights) : [];
    const names = stage === "convolution" ? this.#names() : [""];
    const of = (index) => under(input, index, cells, kind === "max" ? outsideOf(kind) : 0);
    this.sums.show({
      kind,
      size: geometry.kernel,
      seen: of(channel),
      weights: weights.slice(channel * area, (channel + 1) * area),
      bias: state.bias,
      totals: names.map((_, index) => total(of(index), weights, index * area)),
      result: state.output().values[state.at],
      channel, names, inputs: input.values,
      grey: this.#grey,
      cell: this.#cell(geometry.kernel, kind),
      quiet: this.sliding.on,
    });
  }

  /** As large as three grids side by side may be, and as a third of the height allows. */
  #cell(size, kind) {
    const wide = (this.root.clientWidth - (kind === "convolution" ? 150 : 40)) / (kind === "convolution" ? 3 : 1) / size;
    return Math.floor(Math.max(CELLS.least, Math.min(CELLS.most, wide, (this.root.clientHeight * CELLS.share) / size)));
  }

  themed() {
    this.#show();
  }

  resized() {
    this.#show();
  }

  destroy() {
    this.sliding.turn(false);
    cancelAnimationFrame(this.drawing);
    super.destroy();
  }
}

/** A packed array (channels, height, width) or (height, width) as a map. */
function mapOf(packed) {
  if (!packed) return null;
  const { values, shape } = decode(packed);
  const [height, width] = shape.slice(-2);
  return { values, channels: shape.length > 2 ? shape[0] : 1, height, width };
}

function sliceOf({ values, height, width }, channel) {
  return { values: values.subarray(channel * height * width, (channel + 1) * height * width), height, width };
}

function total(seen, weights, start) {
  return seen.reduce((sum, value, at) => sum + value * (weights[start + at] ?? 0), 0);
}

function sizes({ height, width }) {
  return `${height} × ${width}`;
}
