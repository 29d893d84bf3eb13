// A person's runs side by side: the list of all, the curves of those that are pressed, and a board with what differs.

import { unpackAll } from "./arrays.js";
import { say } from "./elements.js";
import { Job } from "./jobs.js";
import { LiveComponent } from "./live-component.js";
import { plotly } from "./plotly.js";
import { RunsBoard } from "./runs-board.js";
import { figureOf } from "./runs-curves.js";
import { RunsList } from "./runs-list.js";

const choice = (name, value, text, tip) => `<button type="button" data-${name}="${value}" title="${tip}">${text}</button>`;
const SHOW = "Show me: three learning rates";
const HTML = `
  <section class="np-runs-side"></section>
  <section class="np-runs-main">
    <div class="np-runs-look" role="group" aria-label="How the curves are drawn">
      <span class="np-runs-choice" role="group" aria-label="Which part">
        ${choice("part", "test", "Test", "Measured on samples that are not trained on")}${choice("part", "train", "Train", "Measured on the samples that are trained on")}${choice("part", "both", "Both", "Test as a line, training dotted")}
      </span>
      <span class="np-runs-choice" role="group" aria-label="Along">
        ${choice("by", "epoch", "Epochs", "One epoch is once through all training samples")}${choice("by", "step", "Steps", "One step is one batch: fairer where batch sizes differ")}
      </span>
      <label title="Draws losses on a logarithmic scale: small ones stay visible"><input type="checkbox">Log</label>
      <label title="Averages neighbouring values, so that the course is seen through the noise">Smooth <input type="range" min="0" max="0.98" step="0.02" aria-label="Smoothing"></label>
      <p class="np-runs-note"></p>
    </div>
    <div class="np-runs-plot" role="figure" aria-label="Curves of the runs that are compared"></div>
    <div class="np-runs-board" tabindex="0" role="region" aria-label="The runs in numbers and pictures"></div>
  </section>
  <section class="np-runs-invite" hidden>
    <h3></h3>
    <p></p>
    <button type="button" title="Trains the experiment above with a third, once and three times its learning rate, 150 epochs each">${SHOW}</button>
  </section>`;
const CONFIG = { displaylogo: false, displayModeBar: false, responsive: false, scrollZoom: false, doubleClick: "reset" };

const look = { part: "test", by: "epoch", log: false, smooth: 0 }; // over visits of other pages

export class RunsView extends LiveComponent {
  constructor(root) {
    super(root);
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", "Compare runs");
    root.innerHTML = HTML;
    const part = (name) => root.querySelector(`.np-runs-${name}`);
    this.list = new RunsList(part("side"), (event) => this.#act(event));
    this.board = new RunsBoard(part("board"), { act: (event) => this.#act(event), point: (id) => this.#point(id) });
    this.visit = Math.random().toString(36).slice(2);
    this.pending = [];
    this.serial = 0;
    this.main = part("main");
    this.plot = part("plot");
    this.note = part("note");
    this.invite = part("invite");
    this.show = this.invite.querySelector("button");
    this.show.addEventListener("click", () => {
      this.show.disabled = true; // the first of all runs of a server takes seconds to begin
      say(this.show, "Three networks begin to train …");
      this.#act({ op: "demo" });
    });
    this.marked = null;
    this.drawing = Promise.resolve();
    this.#controls(part("look"));
  }

  #controls(bar) {
    bar.addEventListener("click", ({ target }) => {
      const { part, by } = target.closest("button")?.dataset ?? {};
      if (part || by) this.#change(part ? { part } : { by });
    });
    const [log, smooth] = bar.querySelectorAll("input");
    log.checked = look.log;
    smooth.value = look.smooth;
    log.addEventListener("change", () => this.#change({ log: log.checked }));
    smooth.addEventListener("input", () => this.#change({ smooth: Number(smooth.value) }));
    this.bar = bar;
    this.#change({});
  }

  #change(changed) {
    Object.assign(look, changed);
    for (const button of this.bar.querySelectorAll("button")) {
      const { part, by } = button.dataset;
      button.setAttribute("aria-pressed", String(part ? look.part === part : look.by === by));
    }
    this.#draw();
  }

  /** Two things done quickly may arrive as one: each goes along until the server has said that it was done. */
  #act(event) {
    this.pending.push({ ...event, serial: (this.serial += 1) });
    this.emit("act", { visit: this.visit, events: this.pending });
  }

  updated(before) {
    const { data } = this;
    this.root.style.height = data.height;
    if (data.done?.visit === this.visit) this.pending = this.pending.filter(({ serial }) => serial > data.done.serial);
    const known = new Map(data.runs.map((run) => [run.id, run]));
    const pinned = data.pinned.filter((id) => known.has(id));
    const labels = labelsOf(pinned.map((id) => known.get(id)), data.contrast);
    this.runs = pinned.map((id, place) => ({ ...known.get(id), colour: data.colours[place], label: labels[place] }));
    this.list.update({ ...data, pinned, most: data.colours.length });
    this.board.update({ runs: this.runs, contrast: data.contrast, comparable: data.comparable });
    this.curves = unpackAll(data.curves);
    this.#invite();
    say(this.note, data.note ?? "");
    if (data.job !== before.job) this.#follow(data.job);
    this.root.dataset.ready = "true";
    this.#draw();
  }

  /** What to do where there is nothing to compare yet. */
  #invite() {
    const some = this.runs.length > 0;
    this.main.hidden = !some;
    this.invite.hidden = some;
    const nothing = !this.data.runs.length;
    if (!nothing) {
      this.show.disabled = false;
      say(this.show, SHOW);
    }
    say(this.invite.querySelector("h3"), nothing ? "Every run that you train is kept here" : "Press runs on the left to lay them side by side");
    say(
      this.invite.querySelector("p"),
      nothing
        ? "Change something, train, change it again: each training stays, with its curves and weights, also when the server is started anew."
        : `Up to ${this.data.colours.length} of them: their curves in one picture, what they have learnt beside one another, and a table of only what differs.`,
    );
  }

  #follow(id) {
    this.job?.stop();
    this.job = null;
    if (!id) return;
    this.job = new Job(id, {
      news: (job, body) => {
        if (body) this.board.portray(JSON.parse(new TextDecoder().decode(body)));
        this.root.dataset.state = job.state;
      },
      gone: () => this.emit("gone", id),
      away: () => {},
    });
  }

  /** One run stands out while it is pointed at. */
  #point(id) {
    if (id === this.marked) return;
    this.marked = id;
    this.#draw();
  }

  // -- drawing --------------------------------------------------------------------------------------------------------

  /** One drawing at a time; what is asked for meanwhile is one more. */
  #draw() {
    if (this.due) return;
    this.due = true;
    this.drawing = this.drawing
      .then(() => new Promise(requestAnimationFrame))
      .then(() => {
        this.due = false;
        return this.#redraw();
      })
      .catch((error) => {
        this.due = false;
        this.root.dataset.failure = `${error.message}.`;
      });
  }

  async #redraw() {
    const { clientWidth: width, clientHeight: height } = this.plot;
    if (this.destroyed || !this.runs?.length || !width || !height || !this.theme) return;
    const Plotly = await plotly();
    const { data, layout } = figureOf(this.curves, this.runs, look, this.theme, { width, height, marked: this.marked });
    await Plotly.react(this.plot, data, layout, CONFIG);
    this.drawn = true;
    this.root.dataset.drawn = String(this.runs.filter(({ id }) => this.curves[id]).length);
  }

  themed() {
    this.#draw();
  }

  resized() {
    this.#draw();
  }

  destroy() {
    this.destroyed = true;
    this.job?.stop();
    if (this.drawn) globalThis.Plotly?.purge(this.plot);
    super.destroy();
  }
}

const BARE = /^([−\d.,e+-]+|on|off)$/; // says nothing without what it is of
const MOST_WORDS = 2;

/** What each of the compared runs is called: its name, or else what tells it best from the others, or its title. */
export function labelsOf(runs, contrast) {
  const told = runs.map(() => []);
  const said = (words) => words.join("\n");
  const kinds = () => new Set(told.map(said)).size;
  const gained = ({ values }) => new Set(told.map((words, place) => said([...words, values[place]]))).size;
  for (let count = 0; count < MOST_WORDS && kinds() < runs.length; count += 1) {
    const best = contrast.reduce((ahead, row) => (gained(row) > (ahead ? gained(ahead) : kinds()) ? row : ahead), null);
    if (!best) break;
    const before = told.map(said);
    best.values.forEach((value, place) => {
      const alone = before.filter((words) => words === before[place]).length === 1;
      if (value && !alone) told[place].push(BARE.test(value) ? `${best.label} ${value}` : value);
    });
  }
  const labels = runs.map((run, place) => run.name || told[place].join(", ") || run.title);
  return labels.map((label, place) => {
    const before = labels.slice(0, place).filter((other) => other === label).length;
    return before ? `${label} (${before + 1})` : label;
  });
}
