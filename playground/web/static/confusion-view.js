// The confusion matrix with precision, recall and F1 of every class: a table whose cells mark their points in the plot.

import { LiveComponent } from "./live-component.js";
import { element, text } from "./nodes.js";

const MEASURES = [
  { name: "Precision", about: "Of what it took for this class, how much is." },
  { name: "Recall", about: "Of this class, how much it found." },
  { name: "F1", about: "One number for both: their harmonic mean." },
];
const DEEPEST = 58; // per cent of colour in a cell that holds its whole row; its text must stay readable

export class ConfusionView extends LiveComponent {
  constructor(root) {
    super(root);
    this.scroll = element("div", "np-confusion-scroll");
    this.said = element("p", "np-confusion-said");
    this.root.append(this.scroll, this.said);
    this.scroll.addEventListener("click", (event) => this.#pressed(event.target.closest("button[data-cell]")));
    this.scroll.addEventListener("keydown", (event) => this.#walk(event));
    this.rev = null;
    this.cells = [];
    this.mark = null; // [actual, predicted] of the cell whose points are marked
  }

  get name() {
    return "confusion";
  }

  views() {
    return { confusion: this.data.options ?? {} };
  }

  updated() {
    const { height, mark, options } = this.data;
    this.root.style.height = height;
    this.mark = mark ? [mark.actual, mark.predicted] : null;
    this.part = options?.part === "train" ? "training" : "test";
    this.points = this.data.images ? "images" : "points";
    this.root.classList.toggle("np-confusion-small", Boolean(this.data.images));
    this.table?.setAttribute("aria-label", this.#title());
    if (this.frame) this.#fill();
  }

  left() {
    this.rev = null;
  }

  draw({ views }) {
    const view = views?.confusion;
    if (view) this.root.dataset.failure = view.error ?? "";
    if (view?.base && view.rev !== this.rev) this.#begin(view);
    if (!view?.frame || view.rev !== this.rev) return;
    this.frame = view.frame;
    this.#fill();
    this.root.dataset.ready = "true";
  }

  #title() {
    return `Confusion matrix of the ${this.part} ${this.points}`;
  }

  #begin({ rev, base }) {
    this.rev = rev;
    const same = JSON.stringify(base) === JSON.stringify(this.base);
    this.base = base;
    this.frame = null;
    if (!same) this.#build();
  }

  // -- the table: built once for a set of classes --------------------------------------------------------------------

  #build() {
    const { classes, colours } = this.base;
    this.table = element("table", "np-confusion-table");
    this.table.setAttribute("role", "grid");
    this.table.setAttribute("aria-label", this.#title());
    const head = this.table.createTHead().insertRow();
    const corner = header("col", "np-confusion-corner");
    corner.append(element("span", "", "predicted →"), element("span", "", "actual ↓"));
    head.append(corner, ...classes.map((name, k) => classHeader("col", name, colours[k])));
    for (const { name, about } of MEASURES) head.append(withTitle(header("col", "np-confusion-measure", name), about));
    head.append(withTitle(header("col", "np-confusion-measure", "Points"), "How many points are of this class."));

    const body = this.table.createTBody();
    this.cells = classes.map((name, actual) => {
      const row = body.insertRow();
      row.append(classHeader("row", name, colours[actual]));
      const cells = classes.map((_, predicted) => cell(row.insertCell(), actual, predicted));
      return { cells, numbers: numbers(row) };
    });
    const foot = this.table.createTFoot().insertRow();
    this.accuracy = header("row", "np-confusion-accuracy");
    this.accuracy.title = "The accuracy; and the plain mean of the classes, rare ones counting like frequent ones.";
    this.accuracy.colSpan = classes.length + 1;
    foot.append(this.accuracy);
    this.average = numbers(foot);
    this.scroll.replaceChildren(this.table);
    this.#reach(0, 0);
  }

  // -- what moves ----------------------------------------------------------------------------------------------------

  #fill() {
    const { counts, per_class: perClass, average, right, total } = this.frame;
    const { classes } = this.base;
    counts.forEach((row, actual) => {
      const sum = row.reduce((a, b) => a + b, 0);
      row.forEach((count, predicted) => this.#fillCell(actual, predicted, count, sum));
      put(this.cells[actual].numbers, [...perClass[actual].map(percent), sum.toLocaleString("en")]);
    });
    text(this.accuracy, total ? `Right: ${right.toLocaleString("en")} of ${total.toLocaleString("en")} (${percent(right / total)}). Mean:` : "");
    put(this.average, [...average.map(percent), total.toLocaleString("en")]);
    if (!this.mark || this.mark.some((k) => k >= classes.length)) {
      text(this.said, total ? this.#invitation() : `There are no ${this.part} ${this.points}.`);
      return;
    }
    const [actual, predicted] = this.mark;
    const count = counts[actual][predicted];
    const what = actual === predicted ? `${classes[actual]} and seen as such` : `${classes[actual]} but taken for ${classes[predicted]}`;
    const where = this.data.images ? "Below" : "Marked in the plot";
    text(this.said, `${where}: ${count.toLocaleString("en")} ${this.part} ${count === 1 ? this.points.slice(0, -1) : this.points}, ${what}.`);
  }

  #invitation() {
    return this.data.images ? "Press a cell to see its images below." : "Press a cell to see its points in the plot.";
  }

  #fillCell(actual, predicted, count, sum) {
    const { button, number, share } = this.cells[actual].cells[predicted];
    const marked = this.mark?.[0] === actual && this.mark?.[1] === predicted;
    const part = sum ? count / sum : 0;
    text(number, count.toLocaleString("en"));
    text(share, count ? percent(part) : "");
    button.style.setProperty("--np-depth", `${(part * DEEPEST).toFixed(1)}%`);
    button.dataset.empty = String(count === 0);
    const { classes } = this.base;
    const label = `actual ${classes[actual]}, predicted ${classes[predicted]}: ${count} of ${sum}`;
    if (button.getAttribute("aria-label") !== label) button.setAttribute("aria-label", label);
    if (button.getAttribute("aria-pressed") !== String(marked)) button.setAttribute("aria-pressed", String(marked));
  }

  // -- what a person does --------------------------------------------------------------------------------------------

  #pressed(button) {
    if (!button || !this.frame) return;
    const [actual, predicted] = button.dataset.cell.split(" ").map(Number);
    const on = button.getAttribute("aria-pressed") !== "true";
    this.mark = on ? [actual, predicted] : null;
    this.#reach(actual, predicted);
    this.#fill(); // at once; the plot follows
    this.emit("mark", { actual, predicted, on });
  }

  /** Arrow keys go from cell to cell; one of them is reached by Tab. */
  #walk(event) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const button = event.target.closest("button[data-cell]");
    if (!step || !button) return;
    event.preventDefault();
    const last = this.cells.length - 1;
    const [actual, predicted] = button.dataset.cell
      .split(" ")
      .map((at, axis) => Math.min(last, Math.max(0, Number(at) + step[axis])));
    this.#reach(actual, predicted);
    this.cells[actual].cells[predicted].button.focus();
  }

  #reach(actual, predicted) {
    for (const { cells } of this.cells) for (const { button } of cells) button.tabIndex = -1;
    const reached = this.cells[actual]?.cells[predicted];
    if (reached) reached.button.tabIndex = 0;
  }
}

function cell(parent, actual, predicted) {
  const button = element("button", "np-confusion-cell");
  button.type = "button";
  button.dataset.cell = `${actual} ${predicted}`;
  button.dataset.right = String(actual === predicted);
  const number = element("b", "");
  const share = element("span", "");
  button.append(number, share);
  parent.append(button);
  return { button, number, share };
}

/** The cells of the measures and the number of points at the end of a row. */
function numbers(row) {
  return [...MEASURES, null].map(() => {
    const node = row.insertCell();
    node.className = "np-confusion-number";
    return node;
  });
}

function put(nodes, texts) {
  nodes.forEach((node, index) => text(node, texts[index]));
}

function classHeader(scope, name, colour) {
  const node = header(scope, "np-confusion-class");
  const dot = element("i", "");
  dot.style.background = colour;
  dot.setAttribute("aria-hidden", "true");
  node.append(dot, element("span", "", name));
  return withTitle(node, name);
}

function header(scope, className, content = "") {
  const node = element("th", className, content);
  node.scope = scope;
  return node;
}

function withTitle(node, title) {
  node.title = title;
  return node;
}

/** Of what cannot be divided (nothing was predicted as this class) there is no share. */
function percent(share) {
  return share === null || !Number.isFinite(share) ? "–" : `${(100 * share).toFixed(share >= 0.9995 || share === 0 ? 0 : 1)} %`;
}
