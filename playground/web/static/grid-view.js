// A grid of networks that train side by side: one mosaic of their pictures, a heat map, and one of them in detail.
//
// Everything is drawn on three canvases; over the mosaic lie buttons that nobody sees, one for each box, so that a
// keyboard and a screen reader reach the cells as a pointer does.

import { GridBar } from "./grid-bar.js";
import { brief, GridDetails, written } from "./grid-details.js";
import { Frame, quartiles } from "./grid-frame.js";
import { drawHeat, drawLuck, Legend, Scale } from "./grid-heat.js";
import { arrange, beside, boxes } from "./grid-layout.js";
import { edges } from "./grid-marks.js";
import { drawMosaic, outline, paper } from "./grid-mosaic.js";
import { Job } from "./jobs.js";
import { LiveComponent } from "./live-component.js";
import { element, text } from "./nodes.js";

const HTML = `
  <div class="np-grid-bar"></div>
  <div class="np-grid-main">
    <div class="np-grid-mosaic"><canvas aria-hidden="true"></canvas><div class="np-grid-cells np-own-keys" role="group"></div></div>
    <div class="np-grid-side">
      <div class="np-grid-heat"><header><p></p><span class="np-grid-scale" hidden></span></header><canvas role="img"></canvas></div>
      <div class="np-grid-details" aria-live="off"></div>
    </div>
  </div>
  <p class="np-grid-said" role="status" aria-live="polite"></p>`;

const looks = new Map(); // how grids were looked at, for who comes back from a cell

export class GridView extends LiveComponent {
  constructor(root) {
    super(root);
    root.setAttribute("role", "group");
    root.innerHTML = HTML;
    const part = (name) => root.querySelector(`.np-grid-${name}`);
    this.bar = new GridBar(part("bar"), (change) => this.#asked(change));
    this.mosaic = part("mosaic");
    this.picture = this.mosaic.querySelector("canvas");
    this.buttons = part("cells");
    this.heat = part("heat").querySelector("canvas");
    this.headline = part("heat").querySelector("p");
    this.legend = new Legend(part("scale"));
    this.details = new GridDetails(part("details"));
    this.said = part("said");
    this.look = { picture: null, measure: "test_loss", what: "now", fold: null, slice: null };
    this.frame = this.pointed = null;
    this.state = "none";
    this.#listen();
  }

  updated(before) {
    const { data } = this;
    this.root.style.height = data.height;
    this.root.setAttribute("aria-label", data.label);
    this.buttons.setAttribute("aria-label", data.label);
    if (JSON.stringify(data.axes) !== JSON.stringify(before.axes)) {
      const first = { fold: null, slice: null, ...(data.unlike && { measure: "test_metric" }) };
      Object.assign(this.look, looks.get(JSON.stringify(data.axes)) ?? first);
      this.frame = this.pointed = null;
    }
    if (data.job !== before.job) this.#follow(data.job);
    this.#plan();
  }

  resized() {
    this.#plan();
  }

  themed() {
    this.#plan();
  }

  destroy() {
    this.job?.stop();
    cancelAnimationFrame(this.drawing);
    super.destroy();
  }

  // -- the job --------------------------------------------------------------------------------------------------------

  #follow(id) {
    this.job?.stop();
    this.job = this.frame = null;
    this.state = id ? "working" : "none";
    this.telling = id ? "Beginning" : "";
    if (!id) return;
    this.job = new Job(id, {
      news: (job, body) => this.#news(job, body),
      gone: () => this.emit("gone", id),
      away: () => this.#tell("The server does not answer. Trying again."),
    });
  }

  #news({ state, share, text: told }, body) {
    if (body) {
      this.frame = new Frame(JSON.parse(new TextDecoder().decode(body)));
      this.root.dataset.frames = String(Number(this.root.dataset.frames ?? 0) + 1);
    }
    const ended = this.state === "working" && state !== "working";
    this.state = state;
    this.share = share;
    this.#tell(told || (state === "done" ? "" : this.telling));
    if (ended) text(this.said, state === "done" ? `All networks are trained. ${this.#praise()}` : told);
    this.root.dataset.state = state;
    this.#soon();
  }

  #tell(told) {
    this.telling = told;
    this.#soon();
  }

  /** What a person asked for in the bar: something to do, or another look. */
  #asked({ op, on, ...look }) {
    if (op) this.emit("act", { op, on, at: Date.now() });
    else {
      looks.set(JSON.stringify(this.data.axes), { ...Object.assign(this.look, look) });
      this.pointed = null;
      this.#plan();
    }
  }

  // -- where everything is ----------------------------------------------------------------------------------------------

  #plan() {
    const { data } = this;
    if (!data.axes || !this.theme || !this.mosaic.clientWidth) return;
    this.plan = arrange(data.axes, this.look.fold, this.look.slice);
    const { clientWidth: width, clientHeight: height } = this.mosaic;
    const longest = Math.max(...(this.plan.down === null ? [""] : data.axes[this.plan.down].values).map((value) => value.length));
    const labels = { left: Math.min(96, 24 + 7 * longest), line: 15 };
    this.boxes = boxes(this.plan, width, height, labels);
    this.#button();
    this.#soon();
  }

  /** One button for each box. */
  #button() {
    const { spots } = this.boxes;
    while (this.buttons.children.length > spots.length) this.buttons.lastChild.remove();
    while (this.buttons.children.length < spots.length) this.buttons.append(element("button"));
    spots.forEach(({ left, top, size }, i) => {
      const button = this.buttons.children[i];
      button.type = "button";
      Object.assign(button.style, { left: `${left}px`, top: `${top}px`, width: `${size}px`, height: `${size}px` });
      button.setAttribute("aria-label", this.#title(spots[i]));
      button.tabIndex = i === Math.min(this.focused ?? 0, spots.length - 1) ? 0 : -1;
    });
  }

  #title({ place, cells }) {
    const { axes } = this.data;
    const named = axes.map(({ label, values }, i) => (i === this.look.fold ? null : `${label} ${values[place[i]]}`));
    return named.filter(Boolean).join(" · ") + (cells.length > 1 && named.filter(Boolean).length === 0 ? "All" : "");
  }

  #soon() {
    this.drawing ??= requestAnimationFrame(() => {
      this.drawing = null;
      this.#draw();
    });
  }

  // -- drawing ----------------------------------------------------------------------------------------------------------

  #draw() {
    if (!this.boxes || !this.theme || !this.data.measures) return;
    const { data, look, frame } = this;
    this.bar.show({ data, look, frame, state: this.state, share: this.share, telling: this.telling, plan: this.plan });
    this.numbers = this.boxes.spots.map(({ cells }) => this.#number(cells));
    this.scale = new Scale(this.#all(), look.measure, look.what);
    this.best = this.#unlike ? -1 : this.scale.leader(this.numbers);
    drawMosaic(this, this.picture, this.mosaic, this.bar.picture === "curves");
    this.#drawHeat();
    this.#drawDetails();
    this.root.dataset.ready = "true";
  }

  #number(cells) {
    const { frame, look } = this;
    return frame ? quartiles(cells.map((cell) => frame.value(cell, look.measure, look.what))).middle : NaN;
  }

  /** The numbers that the scale is about: those of all cells, so that it stays where another slice is looked at. */
  #all() {
    const { frame, look } = this;
    if (!frame) return [];
    return Array.from({ length: frame.count }, (_, cell) => frame.value(cell, look.measure, look.what));
  }

  #praise() {
    if (this.best === undefined || this.best < 0) return "";
    const { measure, what } = this.look;
    const label = what === "reach" ? "epochs to the target" : this.data.measures[measure].toLowerCase();
    return `Best: ${this.#title(this.boxes.spots[this.best])}, ${label} ${written(this.frame, measure, what, this.numbers[this.best])}.`;
  }

  #drawHeat() {
    const { data, look, frame, theme, plan } = this;
    const { clientWidth: width, clientHeight: outer } = this.heat.parentElement;
    const height = outer - this.headline.parentElement.offsetHeight;
    const context = paper(this.heat, width, height);
    const label = look.what === "reach" ? `Epochs until ${this.#goal()}` : `${data.measures[look.measure]}${look.what === "best" ? ", best so far" : ""}`;
    const folded = look.fold === null ? "" : `; median over ${data.axes[look.fold].values.length} values of ${data.axes[look.fold].label.toLowerCase()}`;
    text(this.headline, label + folded + (this.#unlike ? ": not comparable" : ""));
    this.heat.setAttribute("aria-label", `${label}${folded}. ${this.#praise()}`);
    this.dots = null;
    const write = (value) => brief(frame, look.measure, look.what, value);
    if (plan.down === null && frame && this.scale.known) {
      const columns = plan.spots.map(({ x, cells }) => ({
        label: plan.across === null ? "all" : data.axes[plan.across].values[x],
        values: cells.map((cell) => frame.value(cell, look.measure, look.what)),
        cells,
      }));
      const { label: title, ordered } = data.axes[plan.across] ?? { label: "", ordered: false };
      this.dots = drawLuck(context, columns, { left: 0, top: 0, width, height }, { scale: this.scale, write, theme, font: theme.font, title, ordered });
      this.heatBoxes = null;
      this.legend.show(null);
      return;
    }
    const longest = plan.down === null ? 0 : Math.max(...data.axes[plan.down].values.map((value) => value.length));
    this.heatBoxes = boxes(plan, width, height, { left: Math.min(80, 24 + 7 * longest), line: 15 }, true);
    edges(context, this.heatBoxes, plan, data.axes, theme);
    drawHeat(context, this.heatBoxes, { numbers: this.numbers, scale: this.scale, write, theme, best: this.best, font: theme.font });
    outline(context, this.heatBoxes.spots[this.pointed], theme);
    this.legend.show(this.scale, write, theme);
  }

  /** Whether the numbers are losses of different kinds, of which the least is not the best. */
  get #unlike() {
    const { measure, what } = this.look;
    return this.data.unlike && (what === "reach" ? this.data.target.measure : measure).endsWith("loss");
  }

  #goal() {
    const { measure, value } = this.data.target;
    if (value === null) return "the target (none is set)";
    const sign = measure.endsWith("loss") ? "≤" : "≥";
    return `${this.data.measures[measure].toLowerCase()} ${sign} ${written(this.frame, measure, "now", value)}`;
  }

  #drawDetails() {
    const { data, frame, theme } = this;
    const at = this.pointed ?? (this.best >= 0 ? this.best : 0);
    const spot = this.boxes.spots[Math.min(at, this.boxes.spots.length - 1)];
    if (!spot) return;
    const { cells } = spot;
    const best = this.pointed === null && this.best >= 0;
    const title = (best ? (this.look.slice === null ? "Best: " : "Best of these: ") : "") + this.#title(spot);
    const problem = cells.length === 1 ? (data.problems[cells[0]] ?? "") : "";
    this.details.show({ frame, cells, title, problem, measures: data.measures, target: data.target, theme, best, over: this.state !== "working" });
  }

  // -- what a person does -------------------------------------------------------------------------------------------------

  #listen() {
    const { buttons, heat } = this;
    const over = (event) => Array.prototype.indexOf.call(buttons.children, event.target.closest("button"));
    buttons.addEventListener("pointerover", (event) => this.#point(over(event)));
    buttons.addEventListener("pointerleave", () => this.#point(-1));
    buttons.addEventListener("focusin", (event) => this.#point((this.focused = over(event))));
    buttons.addEventListener("focusout", () => this.#point(-1));
    buttons.addEventListener("click", (event) => this.#press(over(event)));
    buttons.addEventListener("keydown", (event) => this.#key(event));
    heat.addEventListener("pointermove", (event) => this.#point(this.#under(event)));
    heat.addEventListener("pointerleave", () => this.#point(-1));
    heat.addEventListener("click", (event) => this.#press(this.#under(event)));
  }

  #point(at) {
    const pointed = at >= 0 ? at : null;
    if (pointed !== this.pointed) this.#soon();
    this.pointed = pointed;
  }

  /** The box of the heat map, or the dot, under the pointer. */
  #under({ offsetX: x, offsetY: y }) {
    if (this.heatBoxes) {
      return this.heatBoxes.spots.findIndex(({ left, top, size, width }) => x >= left && x < left + width && y >= top && y < top + size);
    }
    const near = (this.dots ?? []).map((dot) => ({ ...dot, away: Math.hypot(dot.x - x, dot.y - y) })).sort((a, b) => a.away - b.away)[0];
    return near && near.away < 14 ? this.boxes.spots.findIndex(({ cells }) => cells.includes(near.cell)) : -1;
  }

  /** Open a cell; what is folded is unfolded first. */
  #press(at) {
    const spot = this.boxes?.spots[at];
    if (!spot) return;
    if (spot.cells.length > 1) this.#asked({ fold: null });
    else if (!this.data.problems[spot.cells[0]] && this.frame) this.emit("open", { index: spot.cells[0], at: Date.now() });
  }

  #key(event) {
    if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const from = Math.min(this.focused ?? 0, this.boxes.spots.length - 1);
    const at = beside(this.boxes.spots, from, event.key);
    this.buttons.children[from].tabIndex = -1;
    this.buttons.children[at].tabIndex = 0;
    this.buttons.children[at].focus();
  }
}
