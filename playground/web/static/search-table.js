// The trials of a search, a row each: what was tried, what came of it. A press opens one in the Playground.

import { element, text } from "./nodes.js";
import { keyed } from "./keyed.js";

const STATES = {
  complete: "finished", pruned: "given up", failed: "failed", diverged: "diverged", running: "running", waiting: "waiting", retried: "taken up again",
};
const LAST = Number.POSITIVE_INFINITY;

export class SearchTable {
  /** @param {(trial: number) => void} open a trial is wanted in the Playground */
  constructor(root, open) {
    this.root = root;
    this.open = open;
    this.table = element("table");
    this.table.createCaption().textContent = "Trials of this search";
    this.head = this.table.createTHead().insertRow();
    this.body = this.table.createTBody();
    root.append(this.table);
    root.addEventListener("click", (event) => this.#pressed(event));
    this.sort = { by: "value", down: false };
    this.forget();
  }

  forget() {
    this.selected = null;
    this.columns = "";
    this.head.replaceChildren();
    this.rows = null;
    this.body.replaceChildren();
    this.order = [];
  }

  /** Mark a trial, and bring it into sight. */
  select(trial) {
    this.selected = trial;
    if (this.report) this.show(this.report);
    this.rows?.find(trial)?.scrollIntoView({ block: "nearest" });
  }

  show(report) {
    this.report = report;
    this.noted = report.trials.some(({ note }) => note);
    this.#columns(report);
    const trials = this.#sorted(report);
    this.rows ??= keyed(this.body);
    let before = null;
    for (const trial of trials) {
      const row = this.rows.get(trial.number, "tr", "");
      this.#row(row, trial, report);
      // What stands right already is not moved: a pointer stays on what it is on.
      if (row.previousSibling !== before) this.body.insertBefore(row, before ? before.nextSibling : this.body.firstChild);
      before = row;
    }
    this.rows.finish();
  }

  #columns({ objectives, dimensions }) {
    const columns = [
      ["number", "Trial", "The number of a trial, in the order in which they began; a press opens it in the Playground"],
      ...objectives.map(({ label }, index) => [index === 0 ? "value" : `value${index}`, label, `Sort by ${label.toLowerCase()}`]),
      ["epoch", "Epochs", "How long it was trained"],
      ...dimensions.map(({ at, label }) => [`at:${at}`, label, ""]),
      ...(this.noted ? [["at:", "Note", ""]] : []),
    ];
    const key = JSON.stringify(columns);
    if (key === this.columns) return;
    this.columns = key;
    this.head.replaceChildren(
      ...columns.map(([name, label, help]) => {
        const cell = element("th");
        cell.scope = "col";
        const sortable = !name.startsWith("at:") && name !== "epoch";
        if (!sortable) text(cell, label);
        else {
          const button = element("button", "", label);
          Object.assign(button, { type: "button", title: name === "number" ? "Sort by number" : help });
          button.dataset.sort = name;
          cell.append(button);
        }
        return cell;
      }),
    );
    this.#arrows();
  }

  #arrows() {
    for (const button of this.head.querySelectorAll("[data-sort]")) {
      const on = button.dataset.sort === this.sort.by;
      button.closest("th").setAttribute("aria-sort", on ? (this.sort.down ? "descending" : "ascending") : "none");
    }
  }

  /** The trials in order; while somebody points at the table or has the focus in it, those that are there stay. */
  #sorted({ trials, objectives }) {
    const { by, down } = this.sort;
    const index = by === "number" ? -1 : Number(by.slice(5) || 0);
    const upwards = index >= 0 && objectives[index]?.direction === "maximize";
    const key = (trial) => {
      if (index < 0) return trial.number;
      const value = trial.values?.[index];
      if (value === null || value === undefined) return LAST;
      return upwards ? -value : value;
    };
    const flip = down ? -1 : 1;
    const sorted = [...trials].sort((a, b) => {
      const [one, other] = [key(a), key(b)];
      if (one === other) return b.number - a.number;
      if (one === LAST || other === LAST) return one === LAST ? 1 : -1;
      return flip * (one - other);
    });
    if (!this.root.matches(":hover, :focus-within") || this.resort) {
      this.resort = false;
      this.order = sorted.map(({ number }) => number);
      return sorted;
    }
    const place = new Map(this.order.map((number, at) => [number, at]));
    const held = sorted.sort((a, b) => (place.get(a.number) ?? LAST) - (place.get(b.number) ?? LAST) || a.number - b.number);
    this.order = held.map(({ number }) => number);
    return held;
  }

  #row(row, trial, { objectives, dimensions, best, pareto }) {
    const winner = trial.number === best || pareto.includes(trial.number);
    row.dataset.trial = String(trial.number);
    row.dataset.state = trial.state;
    row.dataset.best = String(winner);
    row.dataset.selected = String(trial.number === this.selected);
    row.title = trial.note ?? "";
    const cells = keyed(row);
    const first = cells.get("number", "th", "");
    first.scope = "row";
    const number = keyed(first).get("open", "button", "");
    number.type = "button";
    number.dataset.open = String(trial.number);
    text(number, String(trial.number));
    number.setAttribute("aria-label", `Open trial ${trial.number} in the Playground${winner ? "; the best so far" : ""}`);
    objectives.forEach((_, index) => {
      const value = trial.values?.[index] ?? null;
      const cell = cells.get(`value${index}`, "td", "np-search-value");
      text(cell, value === null ? (index === 0 ? latest(trial) : "") : shown(value, objectives[index]));
      cell.dataset.final = String(value !== null);
    });
    const state = STATES[trial.state] ?? trial.state;
    const epochs = cells.get("epoch", "td", "np-search-epoch");
    text(epochs, trial.state === "complete" ? String(trial.epoch ?? "") : `${trial.epoch ?? 0} · ${state}`);
    for (const { at } of dimensions) text(cells.get(`at:${at}`, "td", ""), trial.params[at] ?? (trial.state === "running" ? "" : "–"));
    if (this.noted) text(cells.get("note", "td", "np-search-note"), trial.note);
    cells.finish();
  }

  #pressed({ target }) {
    const sort = target.closest("[data-sort]")?.dataset.sort;
    if (sort) {
      this.sort = { by: sort, down: this.sort.by === sort ? !this.sort.down : false };
      this.resort = true;
      this.#arrows();
      if (this.report) this.show(this.report);
      return;
    }
    const trial = target.closest("tr[data-trial]")?.dataset.trial;
    if (trial !== undefined) this.open(Number(trial));
  }
}

/** Of a trial without a result: where it is, or was when it ended. */
function latest({ last, state }) {
  if (last === null || last === undefined) return state === "failed" || state === "diverged" ? "–" : "";
  return `(${short(last)})`;
}

function shown(value, { name }) {
  if (name === "accuracy") return `${(100 * value).toFixed(1)} %`;
  return short(value);
}

function short(value) {
  if (!Number.isFinite(value)) return "∞";
  if (Number.isInteger(value)) return value.toLocaleString("en");
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-4 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}
