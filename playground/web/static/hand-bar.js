// The controls of a convolution by hand: the stage, the picture, the kernel, its geometry, and how the window moves.

import { ICONS } from "./icons.js";
import { KERNELS, PICTURES } from "./hand-kernels.js";
import { LEARNT, OWN } from "./hand-state.js";

const STAGES = [
  ["convolution", "Convolution", "Slide a kernel over the image: at every place, sum what lies under it, weighted"],
  ["relu", "ReLU", "What came out below zero becomes zero"],
  ["pool", "Pooling", "Keep one number for every window: the largest, or the mean"],
];
const NUMBERS = [
  ["kernel", "Size", "Rows and columns of the window"],
  ["stride", "Stride", "How many pixels the window moves on at a time"],
  ["padding", "Padding", "How many rows and columns of zeros are put around the image"],
  ["dilation", "Dilation", "How far apart the window's cells lie; 1 means side by side"],
];
const MOVES = [
  ["first", "reset", "Back to the first place"],
  ["back", "back", "One place back"],
  ["play", "play", "Let the window slide"],
  ["on", "step", "One place on"],
];
const LEARNS = {
  convolution: "The sums are those of the network: what goes into this layer, and its weights as they are now.",
  transposed: "The network's own sums: its stride sets the pixels apart, with zeros between them, and its kernel, turned by half a turn, slides over that.",
};
const BACK = ICONS.step.replace("<svg ", '<svg style="transform: scaleX(-1)" ');
const icon = (name) => (name === "back" ? BACK : ICONS[name]);

const HTML = `
  <div class="np-hand-row">
    <div class="np-hand-stages" role="group" aria-label="What is done">${STAGES.map(([name, text, title]) =>
      `<button type="button" data-stage="${name}" title="${title}">${text}</button>`).join("<i aria-hidden='true'>→</i>")}</div>
    <div class="np-hand-moves" role="group" aria-label="The window">${MOVES.map(([name, image, title]) =>
      `<button type="button" data-move="${name}" title="${title}" aria-label="${title}">${icon(image)}</button>`).join("")}
      <input type="range" min="0" max="100" value="35" title="How quickly the window slides" aria-label="How quickly the window slides"></div>
    <button type="button" class="np-hand-help" aria-expanded="false" title="What a convolution is, and what to try">How it works</button>
  </div>
  <div class="np-hand-row">
    <label>Image <select data-choose="source" aria-label="Image" title="What the window slides over"></select></label>
    <label>Kernel <select data-choose="kernel" aria-label="Kernel" title="The weights: known ones, or those of a filter that this network learns"></select></label>
    <label>Filter <input type="number" min="1" data-choose="filter" aria-label="Filter" title="Which of the layer's filters"><span></span></label>
  </div>
  <div class="np-hand-row">
    <label>Take <select data-choose="pooling" aria-label="Take" title="Max pooling keeps the largest value, average pooling the mean">
      <option value="max">the largest</option><option value="average">the mean</option></select></label>
    ${NUMBERS.map(([name, text, title]) =>
      `<label>${text} <input type="number" data-number="${name}" aria-label="${text}" title="${title}"></label>`).join("")}
  </div>
  <p class="np-hand-about"></p>
  <div class="np-hand-lesson" role="region" aria-label="How it works" tabindex="0" hidden></div>`;

export class HandBar {
  /** act = {stage(name), source(name), kernel(name), learnt(layer, filter), pooling(kind), geometry(name, value), move(name),
   * speed(0 to 1)}. */
  constructor(parent, act) {
    this.act = act;
    this.node = document.createElement("div");
    this.node.className = "np-hand-bar";
    this.node.innerHTML = HTML;
    parent.append(this.node);
    this.chosen = Object.fromEntries([...this.node.querySelectorAll("[data-choose]")].map((node) => [node.dataset.choose, node]));
    this.numbers = Object.fromEntries([...this.node.querySelectorAll("[data-number]")].map((node) => [node.dataset.number, node]));
    this.about = this.node.querySelector(".np-hand-about");
    this.lesson = this.node.querySelector(".np-hand-lesson");
    this.help = this.node.querySelector(".np-hand-help");
    this.node.addEventListener("keydown", (event) => event.key === "Escape" && !this.lesson.hidden && this.#teach(false));
    this.range = this.node.querySelector("[type=range]");
    this.node.addEventListener("click", (event) => this.#pressed(event.target.closest("button")));
    this.node.addEventListener("change", (event) => this.#changed(event.target));
    this.node.addEventListener("input", ({ target }) => {
      if (target === this.range) this.act.speed(Number(target.value) / 100);
      else if (target.dataset.number && target.validity.valid && target.value) this.act.geometry(target.dataset.number, target.valueAsNumber);
    });
  }

  #pressed(button) {
    if (button?.dataset.stage) this.act.stage(button.dataset.stage);
    else if (button === this.help) this.#teach(this.lesson.hidden);
    else if (button) this.act.move(button.dataset.move);
  }

  /** Open or close the lesson, over what it is about. */
  #teach(open) {
    this.lesson.hidden = !open;
    this.help.setAttribute("aria-expanded", String(open));
    (open ? this.lesson : this.help).focus();
  }

  /** The lesson's paragraphs, by their headlines. */
  teach(lesson) {
    const made = JSON.stringify(lesson);
    this.help.hidden = made === "{}";
    if (made === this.taught) return;
    this.taught = made;
    this.lesson.replaceChildren(...Object.entries(lesson).map(([headline, text]) => {
      const paragraph = document.createElement("p");
      const title = document.createElement("b");
      title.textContent = headline;
      paragraph.append(title, document.createElement("br"), text);
      return paragraph;
    }));
  }

  #changed(target) {
    const { choose, number } = target.dataset;
    if (number) this.#number(number, target);
    else if (choose === "kernel" && target.value.startsWith(LEARNT)) this.act.learnt(Number(target.value.split(" ")[1]), 0);
    else if (choose === "filter") this.act.learnt(this.layer, within(target.valueAsNumber, 1, Number(target.max)) - 1);
    else if (choose) this.act[choose](target.value);
  }

  #number(name, target) {
    const value = within(target.valueAsNumber, Number(target.min), Number(target.max));
    target.value = value;
    this.act.geometry(name, value);
  }

  /** Show a HandState, the run's convolutions [{filters, large}] and whether the window slides. */
  show(state, layers, playing) {
    for (const button of this.node.querySelectorAll("[data-stage]")) {
      button.setAttribute("aria-pressed", String(button.dataset.stage === state.stage));
    }
    this.#sources(state);
    this.#kernels(state, layers);
    this.#numbers(state);
    this.playing(playing);
  }

  /** Whether the window slides by itself. */
  playing(on) {
    const play = this.node.querySelector("[data-move=play]");
    if (play.dataset.on === String(on)) return;
    play.dataset.on = String(on);
    play.innerHTML = on ? ICONS.pause : ICONS.play;
    play.title = on ? "Stop the window" : "Let the window slide";
    play.setAttribute("aria-label", play.title);
  }

  #sources({ stage, source, pixels, learnt }) {
    const options = [...(pixels ? [["picked", "the picked image"]] : []), ...Object.entries(PICTURES).map(([name, { label }]) => [name, label])];
    offer(this.chosen.source, options);
    this.chosen.source.value = source === "picked" && !pixels ? "seven" : source;
    this.chosen.source.disabled = Boolean(learnt); // a filter of the network sees what the network sees
    show(this.chosen.source, stage === "convolution");
  }

  #kernels({ stage, kernel, learnt }, layers) {
    this.layer = learnt?.layer ?? 0;
    const known = Object.entries(KERNELS).map(([name, { label }]) => [name, label]);
    const own = kernel === OWN ? [[OWN, learnt ? "Learnt, changed by you" : "Your own"]] : [];
    const named = layers.map(({ large, transposed }, index) => [`${LEARNT} ${index}`, `Learnt: convolution ${index + 1}${transposed ? ", transposed" : ""}`, large]);
    const found = named.filter(([, , large]) => !large);
    offer(this.chosen.kernel, [...own, ...known, ...found]);
    this.chosen.kernel.value = kernel === LEARNT ? `${LEARNT} ${this.layer}` : kernel;
    show(this.chosen.kernel, stage === "convolution");
    this.chosen.filter.max = layers[this.layer]?.filters ?? 1;
    this.chosen.filter.nextElementSibling.textContent = `of ${this.chosen.filter.max}`;
    if (learnt && this.chosen.filter !== document.activeElement) this.chosen.filter.value = learnt.filter + 1;
    show(this.chosen.filter, stage === "convolution" && Boolean(learnt));
    const about = stage === "convolution" ? KERNELS[kernel]?.about : STAGES.find(([name]) => name === stage)[2];
    this.about.textContent = about ?? (learnt ? LEARNS[layers[learnt.layer]?.transposed ? "transposed" : "convolution"] : "Weights of your own.");
  }

  #numbers(state) {
    const of = state.geometry[state.stage] ?? {};
    for (const [name, input] of Object.entries(this.numbers)) {
      show(input, name in of);
      if (!(name in of)) continue;
      [input.min, input.max] = state.bounds(name);
      if (input !== document.activeElement) input.value = of[name];
    }
    this.chosen.pooling.value = state.pooling;
    show(this.chosen.pooling, state.stage === "pool");
  }
}

function within(value, least, most) {
  return Math.max(least, Math.min(most, Number.isFinite(value) ? Math.round(value) : least));
}

function show(control, on) {
  control.closest("label").hidden = !on;
}

function offer(select, options) {
  const made = JSON.stringify(options);
  if (select.dataset.made === made) return;
  select.dataset.made = made;
  select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
}
