// The small card beside the pointer: what this neuron or this link is, in numbers from the frame.

import { number } from "./format.js";
import { Formula, formula, legend, neuronName, SKIP, symbol, unitName } from "./network-formula.js";
import { portrait } from "./network-paint.js";

const PICTURE = 148;

export class Tooltip {
  constructor() {
    this.node = document.createElement("div");
    this.node.className = "np-tooltip";
    this.node.setAttribute("role", "tooltip");
    this.node.hidden = true;
    this.canvas = document.createElement("canvas");
    this.text = document.createElement("div");
    this.formula = new Formula();
    this.node.append(this.canvas, this.text);
  }

  /** A neuron or an input: its response, enlarged, and how it comes about. `box` = its place in the page. */
  tile({ scene, theme, column, row, box }) {
    const about = scene.base.columns[column];
    portrait(this.canvas, scene.picture(column, row), PICTURE, theme);
    if (about.kind === "inputs") this.#show(theme, inputLines(about, row), box);
    else this.#show(theme, this.#neuronLines(scene, column, row.unit), box);
  }

  #neuronLines(scene, column, unit) {
    const about = scene.base.columns[column];
    const lines = [title(neuronName(about, unit))];
    this.formula.show(formula(scene, column, unit));
    lines.push(this.formula.node);
    const said = legend(scene, column);
    if (said) lines.push(note(said));
    if (scene.isSilenced(column, unit)) lines.push(note("Silenced: it answers 0."));
    if (scene.isFrozen(column)) lines.push(note("Frozen: its weights do not learn."));
    lines.push(hint("Press to set its numbers by hand."));
    return lines;
  }

  /** A link: from, to, weight. */
  link({ scene, theme, link, box }) {
    const [from, to] = scene.base.links[link.number].map((column) => scene.base.columns[column]);
    this.canvas.hidden = true;
    const names = [[from, link.source], [to, link.target]].map(([column, row]) => fullName(column, row));
    const lines = [title(names.join(" → ")), pair("weight", link.weight)];
    if (from.kind === "hidden") lines.push(note(`${symbol(from, link.source.unit)} in the formula`));
    lines.push(hint("Press to set it by hand."));
    this.#show(theme, lines, box);
  }

  hide() {
    this.node.hidden = true;
  }

  destroy() {
    this.node.remove();
  }

  #show(theme, lines, box) {
    const { style } = this.node;
    for (const name of ["text", "background", "border"]) style.setProperty(`--np-${name}`, theme[name]);
    style.setProperty("--np-font", theme.font);
    this.text.replaceChildren(...lines);
    if (!this.node.isConnected) document.body.append(this.node); // outside, so that nothing clips it
    this.node.hidden = false;
    const { width, height } = this.node.getBoundingClientRect();
    const right = box.right + 10 + width < innerWidth ? box.right + 10 : box.left - 10 - width;
    const top = Math.max(6, Math.min(innerHeight - height - 6, (box.top + box.bottom) / 2 - height / 2));
    style.transform = `translate(${Math.max(6, right)}px, ${top}px)`;
  }
}

function inputLines(about, row) {
  const name = row.feature?.title ?? unitName(about, row.unit);
  const lines = [title(`Input ${name}`)];
  const functions = (about.functions ?? []).filter((name) => name !== SKIP);
  if (functions.length) lines.push(note(`after ${functions.join(", ")}`));
  if (row.feature) lines.push(hint(row.feature.on ? "on: press to switch off" : "off: press to switch on"));
  return lines;
}

function fullName(about, row) {
  return about.kind === "hidden" ? neuronName(about, row.unit) : (row.feature?.title ?? unitName(about, row.unit));
}

function element(className, text) {
  const node = document.createElement("div");
  node.className = className;
  node.textContent = text;
  return node;
}

const title = (text) => element("np-tip-title", text);
const note = (text) => element("np-tip-note", text);
const hint = (text) => element("np-tip-hint", text);

function pair(name, value) {
  const node = element("np-tip-pair", "");
  const sign = document.createElement("b");
  sign.className = value < 0 ? "np-negative" : "np-positive";
  sign.textContent = number(value);
  node.append(`${name} `, sign);
  return node;
}
