// The figures of a search: buttons to choose one, and one plot that is drawn anew with Plotly.react.

import { element, text } from "./nodes.js";
import { plotly } from "./plotly.js";
import { plotTemplate } from "./plotly-theme.js";

const CONFIG = { displaylogo: false, displayModeBar: "hover", responsive: false, scrollZoom: false, modeBarButtons: [["toImage", "resetScale2d"]] };
const READY = "Getting ready: the first look at a search on this server takes a few seconds.";

export class SearchPlot {
  /** @param {{look: (look) => void, press: (trial: number) => void}} listener another figure is wanted; a point is pressed */
  constructor(root, listener) {
    this.root = root;
    this.listener = listener;
    this.bar = element("div", "np-search-bar");
    this.tabs = element("div", "np-search-tabs");
    this.tabs.setAttribute("role", "group");
    this.tabs.setAttribute("aria-label", "Figure");
    this.selects = element("span", "np-search-selects");
    this.place = element("div", "np-search-plot");
    this.node = element("div", "np-search-node");
    this.node.setAttribute("role", "figure");
    this.empty = element("p", "np-search-empty");
    this.place.append(this.node, this.empty);
    this.bar.append(this.tabs, this.selects);
    root.append(this.bar, this.place);
    this.tabs.addEventListener("click", (event) => {
      const { figure } = event.target.closest("[data-figure]")?.dataset ?? {};
      if (figure) this.#want({ figure });
    });
    this.selects.addEventListener("change", () => this.#chosen());
    this.kept = new Map(); // figures by what they show: one that was seen is seen again at once
    this.drawing = Promise.resolve();
  }

  /** What there is to choose from, and what is chosen: figures, objectives, params, look. */
  offer({ figures, objectives, params, look }) {
    const key = JSON.stringify([figures, objectives, params]);
    if (key !== this.offered) {
      this.offered = key;
      Object.assign(this, { figures, objectives, params });
      this.tabs.replaceChildren(
        ...figures.map(({ name, label, help }) => {
          const button = element("button", "", label);
          Object.assign(button, { type: "button", title: help });
          button.dataset.figure = name;
          return button;
        }),
      );
    }
    this.look = look;
    this.#mark();
  }

  forget() {
    this.kept.clear();
    this.shown = null;
  }

  /** A figure has come. */
  show(look, figure) {
    if (figure) this.kept.set(JSON.stringify(look), figure);
  }

  #want(change) {
    this.look = { ...this.look, ...change };
    this.#mark();
    if (this.theme) this.draw(this.report, this.theme);
    this.listener.look(this.look);
  }

  #chosen() {
    const value = (name) => this.selects.querySelector(`[name="${name}"]`)?.value;
    const change = {};
    if (value("objective") !== undefined) change.objective = Number(value("objective"));
    if (value("x") !== undefined) change.params = this.#pair(value("x"), value("y"));
    this.#want(change);
  }

  /** Two different axes: where only one is chosen, or both alike, the other one is the next there is. */
  #pair(x, y) {
    if (!x && !y) return [];
    const [before] = this.look.params;
    const other = (taken) => this.params.find(({ at }) => at !== taken).at;
    if (x && (!y || (x === y && x !== before))) return [x, other(x)];
    return y && (!x || x === y) ? [other(y), y] : [x, y];
  }

  /** Which figure is chosen, and what more can be chosen about it. */
  #mark() {
    for (const button of this.tabs.children) button.setAttribute("aria-pressed", String(button.dataset.figure === this.look.figure));
    const label = this.figures.find(({ name }) => name === this.look.figure)?.label ?? "";
    this.node.setAttribute("aria-label", label);
    const wanted = [];
    const { figure, objective, params } = this.look;
    if (this.objectives.length > 1 && !["pareto", "curves"].includes(figure)) {
      wanted.push(["objective", "of", this.objectives.map((name, index) => [String(index), name]), String(objective)]);
    }
    if (figure === "contour" && this.params.length > 2) {
      const names = this.params.map(({ at, label: name }) => [at, name]);
      wanted.push(["x", "Across", params.length ? names : [["", "most important"], ...names], params[0] ?? ""]);
      wanted.push(["y", "Up", params.length ? names : [["", "next"], ...names], params[1] ?? ""]);
    }
    const key = JSON.stringify(wanted);
    if (key === this.wanted) return;
    this.wanted = key;
    this.selects.replaceChildren(...wanted.map(([name, label_, options, chosen]) => select(name, label_, options, chosen)));
  }

  /** Draw what is chosen as far as it has come; a promise of the picture. One drawing at a time, the last one wins. */
  draw(report, theme) {
    Object.assign(this, { report, theme });
    this.drawing = this.drawing.then(() => this.#redraw());
    return this.drawing;
  }

  async #redraw() {
    const { clientWidth: width, clientHeight: height } = this.place;
    if (this.destroyed || !width || !height || !this.look) return;
    const figure = this.kept.get(JSON.stringify(this.look)) ?? null;
    const empty = figure ? (figure.layout.meta?.empty ?? "") : this.report ? "Drawing …" : READY;
    text(this.empty, empty);
    this.empty.hidden = !empty;
    this.empty.dataset.waits = String(!figure); // it says so only where that takes a while
    this.node.style.visibility = figure && !empty ? "" : "hidden";
    this.place.dataset.figure = figure && !empty ? this.look.figure : "";
    if (!figure || empty) return;
    const look = [figure, theme(this.theme), width, height];
    if (this.shown?.every((part, index) => part === look[index])) return;
    const Plotly = await plotly();
    if (this.destroyed) return;
    const layout = { ...figure.layout, width, height, template: plotTemplate(this.theme), uirevision: JSON.stringify(this.look) };
    await Plotly.react(this.node, figure.data, layout, CONFIG);
    if (!this.shown) this.node.on("plotly_click", ({ points }) => this.#press(points[0]));
    this.shown = look;
    this.place.dataset.drawn = String(Number(this.place.dataset.drawn ?? 0) + 1);
  }

  #press({ data, pointNumber }) {
    const trial = data.meta?.trials?.[pointNumber];
    if (trial !== undefined) this.listener.press(trial);
  }

  destroy() {
    this.destroyed = true;
    globalThis.Plotly?.purge(this.node);
  }
}

const theme = (given) => JSON.stringify(given);

function select(name, label, options, chosen) {
  const box = element("label", "", `${label} `);
  const node = element("select");
  node.name = name;
  for (const [value, content] of options) node.append(Object.assign(element("option", "", content), { value }));
  node.value = chosen;
  box.append(node);
  return box;
}
