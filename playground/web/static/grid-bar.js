// The bar over a grid: play, pause and stop, how far it is, and what is looked at.

import { speed } from "./format.js";
import { ICONS } from "./icons.js";
import { element, text } from "./nodes.js";

const PICTURES = { map: "Boundary", fit: "Fit", filters: "Filters" };
const WHATS = { now: "Now", best: "Best so far", reach: "Epochs to target" };

export class GridBar {
  /** @param {HTMLElement} root  @param {(change) => void} ask what a person does: `{op}` or another look */
  constructor(root, ask) {
    this.ask = ask;
    this.chosen = "picture";
    this.play = button(ICONS.pause, "Pause", () => this.#toggle());
    this.stop = button('<svg viewBox="0 0 24 24" aria-hidden="true"><rect x="6" y="6" width="12" height="12" rx="2" fill="currentColor"/></svg>', "Stop here", () => ask({ op: "stop" }));
    this.bar = element("progress");
    this.bar.max = 1;
    this.bar.setAttribute("aria-label", "How much of the grid is trained");
    this.told = element("span", "np-grid-told");
    this.fast = element("label", "np-grid-fast");
    this.fast.innerHTML = '<input type="checkbox"> Full speed';
    this.fast.title = "Train as fast as it goes, and not slowly enough to be watched from the first epochs on.";
    this.fast.firstChild.addEventListener("change", (event) => ask({ op: "fast", on: event.target.checked }));
    this.pictures = choice("Picture", "What each cell shows", (value) => {
      this.chosen = value;
      ask({});
    });
    this.measure = choice("Measure", "Which number is compared", (value) => ask({ measure: value }));
    this.what = choice("When", "The number now, the best so far, or the epochs until it was good enough", (value) => ask({ what: value }));
    this.fold = choice("Luck", "See all values of one axis together: their median, and how much it varies", (value) => ask({ fold: value === "" ? null : Number(value), slice: null }));
    this.slice = choice("Part", "Which values of the third thing that is varied are looked at", (value) => ask({ slice: value === "" ? null : Number(value) }));
    root.append(this.play, this.stop, this.bar, this.told, this.fast, this.pictures, this.measure, this.what, this.fold, this.slice);
  }

  /** What the boxes show: "curves" or "picture". */
  get picture() {
    return this.chosen;
  }

  #toggle() {
    const op = this.paused ? "resume" : "pause";
    this.paused = !this.paused;
    this.#playing();
    this.ask({ op });
  }

  #playing() {
    this.play.innerHTML = this.paused ? ICONS.play : ICONS.pause;
    this.play.setAttribute("aria-label", this.paused ? "Go on" : "Pause");
    this.play.title = this.paused ? "Go on" : "Pause all networks";
  }

  show({ data, look, frame, state, share, telling, plan }) {
    const working = state === "working";
    if (working) {
      const paused = telling === "Paused";
      if (paused !== this.wasPaused) this.paused = paused;
      this.wasPaused = paused;
    } else this.paused = this.wasPaused = false;
    this.#playing();
    this.play.disabled = this.stop.disabled = !working;
    this.bar.value = state === "none" ? 0 : state === "done" ? 1 : (share ?? 0);
    text(this.told, this.#telling(data, frame, state, telling));
    this.told.dataset.level = state === "failed" ? "error" : "";
    this.fast.firstChild.checked = Boolean(data.fast);
    this.#choices(data, look, frame, plan, state);
  }

  #telling(data, frame, state, telling) {
    if (state === "none") return "Not trained yet";
    if (state === "failed") return telling;
    if (state === "cancelled") return "Stopped.";
    if (!frame) return telling;
    if (state === "done") return this.#ended(frame, data);
    if (telling.includes(";")) return telling;
    return frame.raw.rate > 0 && telling !== "Paused" ? `${telling} · ${speed(frame.raw.rate)} steps/s` : telling;
  }

  #ended({ raw }, { epochs }) {
    const far = Math.round(raw.far).toLocaleString("en");
    const stopped = raw.far < epochs && raw.status.some((status) => status === "running" || status === "ready");
    return stopped ? `Stopped after ${far} of ${epochs.toLocaleString("en")} epochs` : `Done: ${far} epochs`;
  }

  #choices(data, look, frame, plan, state) {
    const kind = frame?.grounds[0]?.kind ?? "map";
    fill(this.pictures, [["picture", PICTURES[kind]], ["curves", "Curves"]], this.chosen);
    fill(this.measure, Object.entries(data.measures), look.measure);
    fill(this.what, Object.entries({ ...WHATS, ...(state === "done" && { now: "At the end", best: "Best on the way" }) }), look.what);
    const folds = data.axes.map(({ label, values, seed }, i) => [String(i), `${seed ? "Luck: fold" : "Fold"} ${label.toLowerCase()} (${values.length})`]);
    fill(this.fold, [["", "Each by itself"], ...folds], look.fold === null ? "" : String(look.fold));
    this.fold.hidden = data.axes.length < 2;
    this.slice.hidden = plan.rest === null;
    if (plan.rest === null) return;
    const { label, values } = data.axes[plan.rest];
    const parts = values.map((value, i) => [String(i), `${label} ${value}`]);
    fill(this.slice, [["", `${label}: all`], ...parts], look.slice === null ? "" : String(look.slice));
  }
}

function button(icon, label, act) {
  const node = element("button");
  node.type = "button";
  node.innerHTML = icon;
  node.title = label;
  node.setAttribute("aria-label", label);
  node.addEventListener("click", act);
  return node;
}

function choice(label, title, act) {
  const node = element("select");
  node.title = title;
  node.setAttribute("aria-label", label);
  node.addEventListener("change", () => act(node.value));
  return node;
}

/** The options of a choice, written anew only where they changed. */
function fill(node, options, value) {
  const wanted = JSON.stringify(options);
  if (node.dataset.options !== wanted) {
    node.dataset.options = wanted;
    node.replaceChildren(...options.map(([key, label]) => Object.assign(document.createElement("option"), { value: key, textContent: label })));
  }
  if (node.value !== value) node.value = value;
}
