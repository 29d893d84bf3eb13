// What a person has chosen to look at by hand, and what follows from it: convolution, then ReLU, then pooling.

import { kernelOf, KERNELS, LARGEST, leastSize, PICTURES, resized } from "./hand-kernels.js";
import { convolve, places, pool, problem, relu } from "./hand-math.js";

export const STAGES = ["convolution", "relu", "pool"];
export const OWN = "own"; // a kernel that somebody has changed
export const LEARNT = "learnt";

const LIMITS = {
  convolution: { kernel: [1, LARGEST], stride: [1, 4], padding: [0, 3], dilation: [1, 3] },
  pool: { kernel: [1, LARGEST], stride: [1, 4], padding: [0, 3] },
};
const ONE = { kernel: 1, stride: 1, padding: 0, dilation: 1 };

export class HandState {
  constructor() {
    this.stage = "convolution";
    this.source = "picked";
    this.kernel = "sobel_x";
    this.geometry = { convolution: { kernel: 3, stride: 1, padding: 0, dilation: 1 }, pool: { kernel: 2, stride: 2, padding: 0 } };
    this.pooling = "max";
    this.weights = kernelOf("sobel_x", 3);
    this.bias = 0;
    this.learnt = null; // {layer, filter}: whose kernel and inputs are wanted
    this.found = null; // what the run says of it: {layer, filter, input, weights, bias, geometry}
    this.pixels = null; // the picked image in shades of grey, a map
    this.made = {}; // the stages' outputs, until something changes
    this.channel = 0;
    this.at = 0; // the output that is looked at, counted row by row
    this.chosen = false; // whether somebody has said which
  }

  /** What the run says now: the picked image, and the filter that was asked for. A kernel that was changed by hand stays
   * as long as it fits what goes in. */
  receive({ pixels, learnt }) {
    this.pixels = pixels;
    if (this.learnt && learnt?.layer === this.learnt.layer && learnt.filter === this.learnt.filter) this.#take(learnt);
    this.#settle();
  }

  /** Another network may have fewer filters, or none: true when another one is wanted then. */
  keepWithin(layers) {
    if (!this.learnt) return false;
    const { layer, filter } = this.learnt;
    if (!layers[layer] || layers[layer].large) this.setKernel("sobel_x");
    else if (filter >= layers[layer].filters) this.setLearnt(layer, layers[layer].filters - 1);
    else return false;
    return true;
  }

  #take(learnt) {
    const first = this.found === null;
    this.found = learnt;
    const fits = this.weights.length === learnt.input.channels * this.geometry.convolution.kernel ** 2;
    if (this.kernel !== LEARNT && fits) return;
    this.kernel = LEARNT;
    const sized = this.geometry.convolution.kernel === learnt.geometry.kernel;
    if (first || !sized) this.geometry.convolution = { ...learnt.geometry };
    this.weights = [...learnt.weights];
    this.bias = learnt.bias;
  }

  /** The bounds of a number of the geometry; a filter of the network brings its own, which may lie further out. */
  bounds(name) {
    const [least, most] = LIMITS[this.stage][name];
    return [least, Math.max(most, this.geometry[this.stage][name])];
  }

  setGeometry(name, value) {
    const of = this.geometry[this.stage];
    if (this.stage === "convolution" && name === "kernel") this.#resize(of.kernel, value);
    of[name] = value;
    this.#settle();
  }

  #resize(from, to) {
    const known = this.kernel in KERNELS && to >= leastSize(this.kernel);
    const { channels } = this.input("convolution");
    const slices = Array.from({ length: channels }, (_, channel) => this.weights.slice(channel * from * from, (channel + 1) * from * from));
    this.weights = known ? kernelOf(this.kernel, to) : slices.flatMap((slice) => resized(slice, from, to));
    if (!known) this.kernel = OWN;
  }

  setKernel(name) {
    const of = this.geometry.convolution;
    if (this.learnt) Object.assign(of, { stride: 1, padding: 0, dilation: 1, kernel: Math.min(of.kernel, LARGEST) });
    this.learnt = this.found = null;
    this.kernel = name;
    of.kernel = Math.max(of.kernel, leastSize(name));
    this.weights = kernelOf(name, of.kernel);
    this.bias = 0;
    this.#settle();
  }

  /** Ask for a filter of the network; it comes with the next frame. */
  setLearnt(layer, filter) {
    this.learnt = { layer, filter };
    this.found = null;
    this.kernel = LEARNT;
    if (this.weights.length !== this.geometry.convolution.kernel ** 2) this.#plain();
    this.#settle();
  }

  /** Until the filter is here the pictures have one channel again, and so has the kernel. */
  #plain() {
    this.weights = this.weights.slice(0, this.geometry.convolution.kernel ** 2);
  }

  setWeight(at, value) {
    this.weights[this.channel * this.geometry.convolution.kernel ** 2 + at] = value;
    this.kernel = OWN;
    this.made = {};
  }

  setBias(value) {
    this.bias = value;
    this.kernel = OWN;
    this.made = {};
  }

  setPooling(kind) {
    this.pooling = kind;
    this.#settle();
  }

  setSource(source) {
    this.source = source;
    this.#settle();
  }

  /** The picture that is looked at: the picked image in shades of grey, or a small one. */
  get picture() {
    return (this.source === "picked" && this.pixels) || (PICTURES[this.source] ?? PICTURES.seven).map;
  }

  /** What goes into a stage. Every stage gets what the one before it made. */
  input(stage = this.stage) {
    if (stage === "convolution") return this.found?.input ?? this.picture;
    return stage === "relu" ? this.output("convolution") : this.output("relu");
  }

  /** The window of a stage. */
  window(stage = this.stage) {
    return stage === "relu" ? ONE : this.geometry[stage];
  }

  /** Why a stage cannot be worked out; "" where it can. What goes wrong in one goes wrong in those after it. */
  problem(stage = this.stage) {
    if (stage === "relu") return this.problem("convolution");
    const before = stage === "pool" ? this.problem("convolution") : "";
    return before || problem(this.input(stage), this.window(stage), { pools: stage === "pool" });
  }

  /** What a stage makes: a map of one channel; without places where there is a problem. */
  output(stage = this.stage) {
    this.made[stage] ??= this.#make(stage);
    return this.made[stage];
  }

  #make(stage) {
    if (stage === "convolution") return convolve(this.input(stage), this.weights, this.bias, this.window(stage));
    return stage === "relu" ? relu(this.input(stage)) : pool(this.input(stage), this.pooling, this.window(stage));
  }

  /** {height, width} of what a stage makes. */
  size(stage = this.stage) {
    const { height, width } = this.input(stage);
    return { height: places(height, this.window(stage)), width: places(width, this.window(stage)) };
  }

  get row() {
    return Math.floor(this.at / (this.size().width || 1));
  }

  get column() {
    return this.at % (this.size().width || 1);
  }

  /** Look at an output; what lies outside is brought in. */
  go(row, column) {
    this.chosen = true;
    const { height, width } = this.size();
    this.at = Math.max(0, Math.min(height - 1, row)) * width + Math.max(0, Math.min(width - 1, column));
  }

  setStage(stage) {
    this.stage = stage;
    this.chosen = false;
    this.#settle();
  }

  /** Where there is most to see. */
  #strongest() {
    const sizes = Array.from(this.output().values, Math.abs);
    return Math.max(0, sizes.indexOf(Math.max(...sizes)));
  }

  /** Nothing points outside of what there is. */
  #settle() {
    this.made = {};
    if (!this.chosen) this.at = this.#strongest();
    this.channel = Math.min(this.channel, this.input("convolution").channels - 1);
    const { height, width } = this.size();
    this.at = Math.max(0, Math.min(this.at, height * width - 1));
  }
}
