// How one map is made: each map that goes in, the kernel that filters it, what that adds; and one pixel's sum in numbers.

import { arrowStep, cellAt, Picture, wordsOf } from "./maps-pictures.js";
import { decode, unpack } from "./arrays.js";
import { element, say } from "./elements.js";
import { factor } from "./format.js";
import { Paced } from "./paced.js";

const TOLD = {
  sum: (m, of) => `${m} ${m === 1 ? "map goes" : "maps go"} in${of > m ? ` (of ${of})` : ""}. Each is filtered by a kernel of its own; the results and a bias are added up.`,
  stamp: () => "Every pixel of every map stamps its kernel onto a larger map, weighted by its value; all are added up.",
  window: (_, __, label) => (/max/i.test(label) ? "The largest value of every window goes on." : "The mean of every window goes on."),
  add: () => "What went around the block is added to what went through it.",
  each: (_, __, label) => `${label} changes the values; every one stays in its place.`,
};

export class MapDetail {
  /** @param {{close: () => void, seek: (row: number, column: number) => void}} actions */
  constructor(actions) {
    this.actions = actions;
    this.node = element("section", "np-maps-detail");
    this.node.setAttribute("aria-label", "How this map is made");
    const head = element("header", "");
    this.back = element("button", "np-maps-back", "← All layers");
    this.back.type = "button";
    this.back.onclick = actions.close;
    this.title = element("p", "");
    head.append(this.back, this.title);
    this.terms = element("div", "np-maps-terms");
    this.result = element("div", "np-maps-result");
    this.body = element("div", "np-maps-body");
    this.body.append(this.terms, this.result);
    this.sum = element("p", "np-maps-sum");
    this.sum.setAttribute("role", "status");
    this.node.append(head, this.body, this.sum);
    this.node.addEventListener("keydown", (event) => event.key === "Escape" && actions.close());
    this.seek = new Paced(([row, column]) => actions.seek(row, column));
    this.clear();
  }

  clear() {
    this.base = this.frame = null;
    this.term = 0; // whose products are written out
    this.terms.replaceChildren();
    this.result.replaceChildren();
    say(this.title, "");
    say(this.sum, "");
  }

  // -- what stands still ---------------------------------------------------------------------------------------------

  begin(base) {
    this.base = base;
    this.frame = null;
    this.term = Math.min(this.term, base.channels.length - 1);
    const count = base.channels.length;
    this.title.replaceChildren(element("b", "", `${base.label}, map ${base.unit + 1}. `), TOLD[base.how](count, base.of ?? count, base.label));
    const beside = count > 6 ? 2 : 1;
    this.terms.style.gridTemplateColumns = `repeat(${beside}, max-content)`;
    this.size = this.#size(Math.ceil(count / beside), beside);
    this.rows = base.channels.map((channel, index) => this.#row(channel, index));
    this.terms.replaceChildren(...this.rows.map(({ node }) => node));
    this.output = new Picture(Math.max(96, Math.min(230, this.size * 1.7)));
    this.#listen(this.output.canvas, `Map ${base.unit + 1}`);
    this.cells = element("table", "np-maps-cells");
    this.caption = element("p", "np-maps-caption");
    this.result.replaceChildren(element("p", "np-maps-caption", `= map ${base.unit + 1}`), this.output.canvas, this.caption, this.cells);
  }

  #size(rows, beside) {
    const high = (this.body.clientHeight - 8) / rows - 8;
    const three = this.base.how === "sum" || this.base.how === "stamp";
    const wide = three ? ((this.body.clientWidth - 190) / beside - 96) / 2.6 : (this.body.clientWidth - 70) / 2;
    return Math.floor(Math.max(26, Math.min(high, wide, three ? 116 : 240)));
  }

  #row(channel, index) {
    const node = element("div", "np-maps-term");
    const input = new Picture(this.size);
    const row = { node, input };
    const name = { add: ["around", "through"][index], window: "", each: "" }[this.base.how] ?? `${channel + 1}`;
    node.append(element("span", "np-maps-name", name), input.canvas);
    if (this.base.how === "sum" || this.base.how === "stamp") {
      row.kernel = new Picture(this.size * 0.72);
      row.part = new Picture(this.size);
      row.number = element("span", "np-maps-number");
      node.append("∗", row.kernel.canvas, "=", row.part.canvas, row.number);
      node.addEventListener("pointerenter", () => this.#choose(index));
      this.#listen(row.part.canvas, null);
    }
    return row;
  }

  /** Point at a pixel of the result, or go through it with the arrow keys. */
  #listen(canvas, label) {
    canvas.addEventListener("pointermove", (event) => {
      const at = cellAt(canvas, event, this.base.size);
      if (at) this.seek.give(at);
    });
    canvas.addEventListener("click", (event) => {
      const at = cellAt(canvas, event, this.base.size);
      if (at) this.seek.give(at);
    });
    if (!label) return;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-label", `${label}: the arrow keys choose the pixel that is worked out`);
    canvas.addEventListener("keydown", (event) => {
      const to = this.frame && arrowStep(event.key, this.frame.at, this.base.size);
      if (!to) return;
      event.preventDefault();
      this.seek.give(to);
    });
  }

  #choose(index) {
    if (index === this.term) return;
    this.term = index;
    this.paint();
  }

  // -- what moves ----------------------------------------------------------------------------------------------------

  move(frame) {
    this.frame = {
      ...frame,
      inputs: tilesOf(frame.inputs),
      output: tilesOf(frame.output),
      ...(frame.parts ? { parts: tilesOf(frame.parts), kernels: tilesOf(frame.kernels), weights: unpack(frame.numbers) } : {}),
      cells: frame.cells ? unpack(frame.cells) : null,
    };
    this.paint();
  }

  paint() {
    const { base, frame } = this;
    if (!base || !frame || !this.theme) return;
    const { how, window: [kernel, stride, padding, dilation] } = base;
    const [row, column] = frame.at;
    const mark = this.theme.link.negative;
    const seen = kernel ? { row: row * stride - padding, column: column * stride - padding, side: dilation * (kernel - 1) + 1 } : null;
    const own = { row, column, side: 1 };
    const same = how === "add" || (how === "each" && String(base.given) === String(base.size));
    this.rows.forEach((its, index) => {
      its.input.draw(frame.inputs, index, seen ?? (same ? own : null), mark);
      if (!its.part) return;
      its.kernel.draw(frame.kernels, index);
      its.part.draw(frame.parts, index, own, mark);
      say(its.number, signed(frame.adds[index]));
      its.node.dataset.chosen = String(index === this.term && how === "sum");
    });
    this.output.draw(frame.output, 0, own, mark);
    say(this.caption, `row ${row + 1}, column ${column + 1}: ${factor(frame.value)}`);
    this.#cells();
    say(this.sum, wordsOf(base, frame, same));
  }

  /** What the window sees, each value times its weight; the largest one of a pooling stands out. */
  #cells() {
    const { base, frame } = this;
    const seen = frame.cells?.[base.how === "sum" ? this.term : 0];
    this.cells.hidden = !seen || seen.length > 7;
    if (this.cells.hidden) return;
    const weights = base.how === "sum" ? frame.weights[this.term] : null;
    const largest = /max/i.test(base.label) ? Math.max(...seen.flatMap((line) => [...line].filter((value) => !Number.isNaN(value)))) : null;
    const rows = Array.from(seen, (line, y) => {
      const tr = element("tr", "");
      tr.append(...Array.from(line, (value, x) => cell(value, weights?.[y][x], largest)));
      return tr;
    });
    const head = element("caption", "", weights ? `what map ${base.channels[this.term] + 1} shows there × its kernel` : "what the window sees");
    this.cells.replaceChildren(head, ...rows);
  }
}

function cell(value, weight, largest) {
  const td = element("td", "");
  td.append(element("b", "", Number.isNaN(value) ? "–" : factor(value)));
  if (weight !== undefined) td.append(element("span", "", `×${factor(weight)}`));
  const product = weight === undefined ? 0 : value * weight;
  if (product) td.dataset.sign = product > 0 ? "plus" : "minus";
  if (largest !== null && value === largest) td.dataset.largest = "true";
  td.style.setProperty("--np-depth", `${Math.min(70, Math.abs(product) * 120).toFixed(0)}%`);
  return td;
}

function tilesOf(packed) {
  const { shape } = decode(packed);
  return { packed, shape };
}

function signed(value) {
  return value < 0 ? factor(value) : `+${factor(value)}`;
}
