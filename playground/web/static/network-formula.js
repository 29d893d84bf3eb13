// What a neuron computes, as a formula with its numbers filled in: tanh(0.52·x₁ − 1.30·x₂ + 0.10).

import { factor } from "./format.js";

const MOST = 6; // terms that are written out; the others are counted
export const SKIP = "+"; // among a column's functions: here a residual block adds what goes round it
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

/** What a formula calls a unit of a column: an input by its name, a neuron by its place. */
export function symbol(column, unit) {
  if (column.kind !== "hidden") return inputName(column, unit);
  return `h${String(unit + 1).replace(/\d/g, (digit) => SUBSCRIPTS[digit])}`;
}

/** What people call a unit of a column. */
export function unitName(column, unit) {
  return column.kind === "hidden" ? (column.names?.[unit] ?? `unit ${unit + 1}`) : inputName(column, unit);
}

/** What people call a neuron: its layer and its name there. */
export function neuronName(column, unit) {
  const name = unitName(column, unit);
  return column.kind === "head" && name === "output" ? column.label : `${column.label}, ${name}`;
}

function inputName({ names = [], others = [] }, unit) {
  return names[unit] ?? others[unit - names.length] ?? `unit ${unit + 1}`;
}

/** The weights that lead into a unit, as far as the frame has them: [{unit, weight}] in the order of the units. */
export function incoming(scene, column, unit) {
  const link = scene.base.links.findIndex(([, to]) => to === column);
  const known = new Map(scene.strongest(link, unit));
  const shown = scene.weights[link]?.shape[1] ?? 0;
  for (let from = 0; from < shown; from += 1) known.set(from, scene.weight(link, unit, from));
  return [...known].sort(([a], [b]) => a - b).map(([from, weight]) => ({ unit: from, weight }));
}

/** The units whose weights count most; `always` is one of them. A last one is not worth counting: it is written out. */
export function strongest(terms, most = MOST, always = null) {
  if (terms.length <= most + 1) return new Set(terms.map(({ unit }) => unit));
  const rank = ({ unit, weight }) => (unit === always ? Infinity : Math.abs(weight));
  const chosen = [...terms].sort((a, b) => rank(b) - rank(a)).slice(0, most);
  return new Set(chosen.map(({ unit }) => unit));
}

/**
 * The formula of a neuron: `{open, terms: [{unit, symbol, name, weight}], rest, hidden, bias, close}`. `only` = the units
 * to write out (otherwise the strongest); `rest` = how many more there are, `hidden` = those of them that are known.
 */
export function formula(scene, column, unit, only = null) {
  const about = scene.base.columns[column];
  const [from] = scene.base.links.find(([, to]) => to === column) ?? [0];
  const before = scene.base.columns[from];
  const known = incoming(scene, column, unit).map((term) => ({
    ...term, symbol: symbol(before, term.unit), name: unitName(before, term.unit),
  }));
  const written = only ?? strongest(known);
  const terms = known.filter((term) => written.has(term.unit));
  const hidden = known.filter((term) => !written.has(term.unit));
  const rest = Math.max(before.units - terms.length, hidden.length);
  return { ...wrapped(about.functions ?? []), terms, rest, hidden, bias: scene.bias(column, unit) };
}

/** What stands before and after the sum. */
function wrapped(functions) {
  let [open, close] = ["", ""];
  for (const name of functions) {
    if (name === SKIP) open = `skip + ${open}`;
    else [open, close] = [`${name}(${open}`, `${close})`];
  }
  return { open, close };
}

/** What the letters of a formula stand for, in a few words; "" when they speak for themselves. */
export function legend(scene, column) {
  const [from] = scene.base.links.find(([, to]) => to === column) ?? [0];
  const before = scene.base.columns[from];
  const said = before.kind === "hidden" ? [`h: the neurons of ${before.label}`] : [];
  if (scene.base.columns[column].functions?.includes(SKIP)) said.push("skip: what goes round the block");
  return said.join("; ");
}

/** A formula on the page. With `pick`, its numbers are buttons: pick(unit), null for the bias. */
export class Formula {
  constructor(pick = null) {
    this.pick = pick;
    this.node = document.createElement("div");
    this.node.className = "np-formula";
  }

  /** Write a formula; `chosen` = the unit whose number is marked, null for the bias, undefined for none. */
  show(formula, chosen) {
    const { open, close, terms, rest, hidden, bias } = formula;
    const form = JSON.stringify([open, close, terms.map(bare), rest, hidden.map(bare), bias === null]);
    if (form !== this.form) this.#build(formula); // otherwise the same nodes: one of them may have the focus
    this.form = form;
    const values = [...terms, ...(bias === null ? [] : [{ unit: null, weight: bias }])];
    values.forEach(({ unit, weight }, i) => {
      const number = this.numbers[i];
      number.textContent = signed(weight, i === 0);
      number.classList.toggle("np-negative", weight < 0);
      if (!this.pick) return;
      number.setAttribute("aria-pressed", String(unit === chosen));
      number.setAttribute("aria-label", `${unit === null ? "bias" : `weight from ${terms[i].name}`} ${factor(weight)}`);
    });
  }

  #build({ open, close, terms, rest, hidden, bias }) {
    this.numbers = [];
    const parts = open ? [text("np-function", open)] : [];
    for (const { unit, symbol: letter, name } of terms) parts.push(this.#term(unit, `·${letter}`, `Set the weight from ${name}`));
    if (rest > 0) parts.push(this.pick && hidden.length ? this.#others(rest, hidden) : text("np-rest", `+ ${rest} more`));
    if (bias !== null) parts.push(this.#term(null, "", "Set the bias"));
    if (close) parts.at(-1).append("\u00a0", text("np-function", close)); // which never stands on a line by itself
    this.node.replaceChildren(...parts.flatMap((part) => [part, " "]));
  }

  #term(unit, after, tip) {
    const term = text("np-term", "");
    const number = document.createElement(this.pick ? "button" : "b");
    number.className = "np-number";
    if (this.pick) {
      number.type = "button";
      number.title = tip;
      number.onclick = () => this.pick(unit);
    }
    this.numbers.push(number);
    term.append(number, after);
    return term;
  }

  /** The weights that are not written out, to choose one from. */
  #others(rest, hidden) {
    const select = document.createElement("select");
    select.className = "np-rest";
    select.setAttribute("aria-label", "Another weight that leads here");
    select.title = select.ariaLabel;
    select.add(new Option(`+ ${rest} more`, "", true, true));
    for (const { unit, name } of hidden) select.add(new Option(`from ${name}`, unit));
    if (rest > hidden.length) {
      const weaker = new Option(`${rest - hidden.length} others are weaker`);
      weaker.disabled = true;
      select.add(weaker);
    }
    select.onchange = () => this.pick(Number(select.value));
    const term = text("np-term", "");
    term.append(select);
    return term;
  }
}

/** A term without its number. */
function bare({ unit, symbol: letter, name }) {
  return [unit, letter, name];
}

function signed(value, first) {
  const size = factor(Math.abs(value));
  if (first) return value < 0 ? `−${size}` : size;
  return value < 0 ? `− ${size}` : `+ ${size}`;
}

function text(className, content) {
  const node = document.createElement("span");
  node.className = className;
  node.textContent = content;
  return node;
}
