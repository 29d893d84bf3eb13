// The painting tools: a switch that is always there, and beside it, while it is on, classes or a value, brushes, steps.

import { ICONS } from "./icons.js";
import { colourOf } from "./paint-canvas.js";
import { labelFor } from "./paint-points.js";

const BRUSHES = [
  { name: "pen", text: "Pen: a click paints one point, a drag a line of them" },
  { name: "spray", text: "Spray: scatters points while you hold or drag" },
  { name: "eraser", text: "Eraser: takes away what you drag over (right mouse button, too)" },
];
const STEPS = [
  { name: "undo", text: "Undo the last stroke (Ctrl+Z)" },
  { name: "redo", text: "Redo (Ctrl+Shift+Z)" },
  { name: "clear", text: "Clear: take all points away" },
];
const VALUE = "Value of the points you paint, from −1 to +1 (− and + keys)";

const button = ({ name, text }, group, content = ICONS[name]) =>
  `<button type="button" class="np-paint-button" data-${group}="${name}" aria-label="${text}" title="${text}">${content}</button>`;

const HTML = `
  <button type="button" class="np-paint-switch" aria-pressed="false"
    title="Paint points of your own on the plane, or change those that are there">${ICONS.brush}<span>Paint</span></button>
  <div class="np-paint-tools" role="group" aria-label="Painting tools" hidden>
    <div class="np-paint-labels" role="group" aria-label="What to paint"></div>
    <div class="np-paint-group" role="group" aria-label="Brush">${BRUSHES.map((each) => button(each, "brush")).join("")}</div>
    <div class="np-paint-group">${STEPS.map((each) => button(each, "step")).join("")}</div>
    <output class="np-paint-count"></output>
  </div>`;

export class PaintBar {
  /** act = {toggle(), pick({label} or {brush}), step(name)} */
  constructor(parent, act) {
    this.node = document.createElement("div");
    this.node.className = "np-paint-bar";
    this.node.innerHTML = HTML;
    parent.append(this.node);
    this.toggle = this.node.querySelector(".np-paint-switch");
    this.tools = this.node.querySelector(".np-paint-tools");
    this.labels = this.node.querySelector(".np-paint-labels");
    this.count = this.node.querySelector(".np-paint-count");
    this.made = "";
    this.node.addEventListener("click", (event) => {
      const pressed = event.target.closest("button");
      if (!pressed) return;
      const { label, brush, step } = pressed.dataset;
      if (pressed === this.toggle) act.toggle();
      else if (step) act.step(step);
      else act.pick(brush ? { brush } : { label: Number(label) });
      if (event.detail > 0) pressed.blur(); // after a mouse click the space bar means play, not this button again
    });
    this.node.addEventListener("input", ({ target }) => act.pick({ label: labelFor(Number(target.value)) }));
  }

  /** Show `{on, look, names, label, brush, canUndo, canRedo, count, most}`. */
  show(state) {
    this.toggle.setAttribute("aria-pressed", String(state.on));
    this.tools.hidden = !state.on;
    if (!state.on) return;
    this.#labels(state);
    for (const each of this.tools.querySelectorAll("[data-brush]")) {
      each.setAttribute("aria-pressed", String(each.dataset.brush === state.brush));
    }
    const possible = { undo: state.canUndo, redo: state.canRedo, clear: state.count > 0 };
    for (const each of this.tools.querySelectorAll("[data-step]")) each.disabled = !possible[each.dataset.step];
    this.count.textContent = String(state.count);
    this.count.title = `${state.count} of at most ${state.most} points`;
    this.count.dataset.full = String(state.count >= state.most);
  }

  #labels({ look, names, label, brush }) {
    const made = JSON.stringify([look.task, look.colours, names]);
    if (made !== this.made) {
      this.made = made;
      this.labels.replaceChildren(...(look.task === "regression" ? slider() : swatches(names, look)));
    }
    const painting = brush !== "eraser";
    for (const each of this.labels.querySelectorAll("[data-label]")) {
      each.setAttribute("aria-pressed", String(painting && Number(each.dataset.label) === label));
    }
    const range = this.labels.querySelector("input");
    if (!range) return;
    const value = ((label - labelFor(0)) / labelFor(0)).toFixed(2);
    if (labelFor(Number(range.value)) !== label) range.value = value;
    range.style.setProperty("--np-value", colourOf(label, look));
    this.labels.querySelector("output").textContent = (value > 0 ? `+${value}` : value).replace("-", "−");
  }
}

function swatches(names, look) {
  return names.map((name, label) => {
    const swatch = document.createElement("button");
    swatch.type = "button";
    swatch.className = "np-paint-button np-paint-swatch";
    swatch.dataset.label = label;
    swatch.title = `Paint points of ${name} (key ${label + 1})`;
    swatch.setAttribute("aria-label", swatch.title);
    swatch.style.setProperty("--np-swatch", colourOf(label, look));
    return swatch;
  });
}

function slider() {
  const range = document.createElement("input");
  Object.assign(range, { type: "range", min: -1, max: 1, step: 0.05, title: VALUE });
  range.setAttribute("aria-label", VALUE);
  return [range, document.createElement("output")];
}
