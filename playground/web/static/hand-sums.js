// The sum behind one output pixel, written out: what the window sees, times the kernel, and what that adds up to.

import { brief, paintOf, scaleOf } from "./hand-map.js";
import { element } from "./nodes.js";

const MOST_TERMS = 12; // of a sum, and of channels
const WRITTEN_FROM = 17; // pixels a cell needs for its number
const STEP = { plain: 0.1, shift: 1, alt: 0.01 };
const LARGEST = 1e4;

export class HandSums {
  /** act = {weight(at, value), bias(value), channel(index)}. */
  constructor(parent, act) {
    this.act = act;
    this.node = element("div", "np-hand-sums");
    this.channels = element("label");
    this.grids = element("div", "np-hand-grids");
    this.formula = element("p", "np-hand-formula");
    this.formula.setAttribute("role", "status");
    this.node.append(this.grids, this.formula);
    parent.append(this.node);
    this.made = "";
  }

  /** Show `{kind, size, seen, weights, bias, totals, result, channel, names, grey, cell, quiet}`.
   *
   * kind: convolution, max, average or relu; seen: what the window sees in the shown channel; weights: of that channel;
   * totals: the sum of every channel; names: the channels'; cell: pixels of a cell; quiet: not to be read out. */
  show(state) {
    this.#build(state);
    this.formula.setAttribute("aria-live", state.quiet ? "off" : "polite");
    this.node.style.setProperty("--np-hand-cell", `${state.cell}px`);
    this.node.dataset.written = String(state.cell >= WRITTEN_FROM);
    const seenScale = scaleOf(state.inputs, { grey: state.grey });
    fill(this.window, state.seen, seenScale, state.kind === "max" ? greatest(state.seen) : -1);
    if (state.kind === "convolution") {
      const scale = scaleOf(state.weights);
      state.weights.forEach((value, at) => this.#weight(at, value, scale));
      const products = state.seen.map((value, at) => value * state.weights[at]);
      fill(this.products, products, scaleOf(products));
      if (this.bias !== document.activeElement) this.bias.value = brief(state.bias);
      this.bias.dataset.value = state.bias;
    }
    this.#choose(state);
    const text = spelled(state);
    if (this.formula.textContent !== text) this.formula.textContent = text;
  }

  #build({ kind, size }) {
    const made = `${kind} ${size}`;
    if (made === this.made) return;
    this.made = made;
    this.window = grid(size, "span");
    const parts = [titled("window", this.window)];
    if (kind === "convolution") {
      this.kernel = grid(size, "input");
      this.products = grid(size, "span");
      this.bias = number("Bias: is added to every sum", (value) => this.act.bias(value));
      const bias = element("label");
      bias.append("+ bias", this.bias);
      const aside = element("div", "np-hand-aside");
      aside.append(this.channels, bias);
      this.#editable(size);
      parts.push(sign("×"), titled("kernel", this.kernel), sign("="), titled("products", this.products), aside);
    }
    this.grids.replaceChildren(...parts);
  }

  #editable(size) {
    for (const [at, input] of [...this.kernel.children].entries()) {
      const place = `row ${Math.floor(at / size) + 1}, column ${(at % size) + 1}`;
      prepare(input, `Weight of the kernel, ${place}: type a number, or use the arrow keys`, (value) => this.act.weight(at, value));
    }
  }

  #weight(at, value, scale) {
    const input = this.kernel.children[at];
    Object.assign(input.style, paintOf(value, scale));
    if (input !== document.activeElement) input.value = brief(value);
    input.dataset.value = value;
  }

  /** Which of several channels is shown. */
  #choose({ names, channel }) {
    this.channels.hidden = names.length < 2;
    if (this.channels.hidden) return;
    const made = names.join();
    if (this.channels.dataset.made !== made) {
      this.channels.dataset.made = made;
      this.select = element("select");
      this.select.setAttribute("aria-label", "Shown channel");
      this.select.title = "Which of the input's channels is shown; the sum runs over all of them";
      this.select.append(...names.map((name, index) => new Option(name, index)));
      this.select.addEventListener("change", () => this.act.channel(Number(this.select.value)));
      this.channels.replaceChildren("shown", this.select);
    }
    this.select.value = String(channel);
  }
}

/** The sum in a line. Products that are zero are left out, and what does not fit is counted. */
export function spelled({ kind, seen, weights, bias, totals, result, names }) {
  if (kind === "relu") return `max(0, ${brief(seen[0])}) = ${brief(result)}`;
  if (kind === "max") return `max(${seen.filter(Number.isFinite).map(brief).join(", ")}) = ${brief(result)}`;
  if (kind === "average") return `(${sum(seen)}) / ${seen.length} = ${brief(result)}`;
  const plus = bias ? ` ${signed(bias)}${totals.length > 1 ? " (bias)" : ""}` : "";
  if (totals.length > 1) {
    const shown = totals.slice(0, MOST_TERMS).map((total, at) => `${names[at]} ${brief(total)}`);
    const more = totals.length > MOST_TERMS ? ` + ${totals.length - MOST_TERMS} more` : "";
    return `${shown.join(" + ")}${more}${plus} = ${brief(result)}`;
  }
  const terms = seen.map((value, at) => [value, weights[at]]).filter(([value, weight]) => value * weight !== 0);
  const shown = terms.slice(0, MOST_TERMS).map(([value, weight]) => `${brief(value)}·${enclosed(weight)}`);
  const more = terms.length > MOST_TERMS ? ` + ${terms.length - MOST_TERMS} more` : "";
  return `${shown.join(" + ") || "0"}${more}${plus} = ${brief(result)}`;
}

function sum(values) {
  return values.map((value, at) => (at ? signed(value) : brief(value))).join(" ");
}

function signed(value) {
  return value < 0 ? `− ${brief(-value)}` : `+ ${brief(value)}`;
}

function enclosed(value) {
  return value < 0 ? `(${brief(value)})` : brief(value);
}

function greatest(values) {
  return values.indexOf(Math.max(...values));
}

function fill(node, values, scale, marked = -1) {
  values.forEach((value, at) => {
    const cell = node.children[at];
    const outside = value === -Infinity;
    Object.assign(cell.style, outside ? { background: "", color: "" } : paintOf(value, scale));
    const text = brief(value);
    if (cell.textContent !== text) cell.textContent = text;
    cell.dataset.marked = String(at === marked);
  });
}

function grid(size, tag) {
  const node = element("div", "np-hand-grid");
  node.style.setProperty("--np-hand-size", size);
  node.append(...Array.from({ length: size * size }, () => element(tag)));
  return node;
}

function titled(title, node) {
  const whole = element("figure", "np-hand-part");
  const caption = element("figcaption");
  caption.textContent = title;
  whole.append(caption, node);
  return whole;
}

function sign(text) {
  const node = element("b", "np-hand-sign");
  node.textContent = text;
  return node;
}

function number(label, changed) {
  return prepare(element("input"), label, changed);
}

/** A text field for a number: typed, or stepped through with the arrow keys. What is no number waits to become one. */
function prepare(input, label, changed) {
  Object.assign(input, { type: "text", inputMode: "decimal", title: label, autocomplete: "off" });
  input.setAttribute("aria-label", label);
  const read = () => Number(input.value.trim().replace("−", "-").replace(",", ".") || Number.NaN);
  const give = (value) => Math.abs(value) <= LARGEST && changed(value);
  input.addEventListener("input", () => give(read()));
  input.addEventListener("focus", () => {
    input.value = typed(Number(input.dataset.value ?? read()));
    input.select();
  });
  input.addEventListener("blur", () => Number.isFinite(read()) && (input.value = brief(read())));
  input.addEventListener("keydown", (event) => {
    const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!up) return;
    event.preventDefault();
    event.stopPropagation();
    const step = event.shiftKey ? STEP.shift : event.altKey ? STEP.alt : STEP.plain;
    const value = Math.round(((read() || 0) + up * step) * 1e6) / 1e6;
    input.value = typed(value);
    give(value);
  });
  return input;
}

/** A number as somebody would type it. */
function typed(value) {
  return String(Number(value.toPrecision(4)));
}
