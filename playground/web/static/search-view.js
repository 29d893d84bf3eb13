// A search for good hyperparameters: how it stands, Optuna's figures of it, and a table of its trials.
//
// A job of the studio follows the study, whoever works on it. What a person wants is told to the page: "look" (another
// figure), "act" (pause, resume, stop), "open" (a trial), "best" (another trial is the best now).

import { unpackAll } from "./arrays.js";
import { Job } from "./jobs.js";
import { LiveComponent } from "./live-component.js";
import { text } from "./nodes.js";
import { SearchHead } from "./search-head.js";
import { SearchPlot } from "./search-plot.js";
import { SearchTable } from "./search-table.js";

const HTML = `
  <div class="np-search-head"></div>
  <div class="np-search-figures"></div>
  <div class="np-search-table" role="region" aria-label="Trials" tabindex="0"></div>
  <p class="np-search-told" role="status" aria-live="polite"></p>`;

const AGAIN_MS = 4000; // what was told and not heard is told once more
const TRIES = 5;
const BEST_GAP_MS = 2500; // a new best is trained for a moment before another one takes its place

export class SearchView extends LiveComponent {
  constructor(root) {
    super(root);
    root.setAttribute("role", "group");
    root.innerHTML = HTML;
    const part = (name) => root.querySelector(`.np-search-${name}`);
    this.head = new SearchHead(part("head"), (op) => this.emit("act", { op }));
    this.plot = new SearchPlot(part("figures"), {
      look: (look) => this.#look(look),
      press: (trial) => this.table.select(trial),
    });
    this.table = new SearchTable(part("table"), (trial) => this.emit("open", { trial }));
    this.told = part("told");
    this.news = null;
  }

  updated(before) {
    const { data } = this;
    this.root.style.height = data.height;
    this.root.setAttribute("aria-label", data.label);
    this.plot.offer(data);
    if (data.study !== before.study) this.#forget();
    if (data.job !== before.job) this.#follow(data.job);
    this.#draw();
  }

  resized() {
    this.#draw();
  }

  themed() {
    this.#draw();
  }

  destroy() {
    this.job?.stop();
    clearTimeout(this.bestLater);
    this.plot.destroy();
    super.destroy();
  }

  // -- the job --------------------------------------------------------------------------------------------------------

  #forget() {
    this.news = this.bestTold = null;
    this.plot.forget();
    this.table.forget();
    this.head.forget();
    delete this.root.dataset.state;
  }

  #follow(id) {
    this.job?.stop();
    this.job = null;
    if (!id) return;
    this.job = new Job(id, {
      news: (job, body) => this.#news(job, body),
      gone: () => this.#gone(id),
      away: () => text(this.told, "The server does not answer. Trying again; the search is kept."),
    });
  }

  /** The server knows the job no more: it was started again. It is told until it heard, as the page may still be away. */
  #gone(id) {
    if (this.destroyed || this.data.job !== id) return;
    this.emit("gone", id);
    setTimeout(() => this.#gone(id), AGAIN_MS);
  }

  #news({ state, text: why }, body) {
    if (body) {
      this.news = unpackAll(JSON.parse(new TextDecoder().decode(body)));
      this.#draw();
      this.#best();
    }
    const wrong = state === "failed" ? why : (this.news?.report.problem ?? "");
    text(this.told, wrong);
    this.told.dataset.level = wrong ? "error" : "";
  }

  /** Tell the page which trial is the best, not more often than one can look at; a few times, as it may be away. */
  #best() {
    const { best } = this.news.report;
    if (best === null || best === undefined || best === this.data.shown || this.bestLater) return;
    const again = best === this.bestTold;
    if (again && this.bestTries >= TRIES) return;
    const wait = Math.max(0, (this.bestAt ?? -Infinity) + (again ? AGAIN_MS : BEST_GAP_MS) - performance.now());
    this.bestLater = setTimeout(() => {
      this.bestLater = null;
      if (this.destroyed || !this.news || this.news.report.best === this.data.shown) return;
      this.bestTries = this.news.report.best === this.bestTold ? this.bestTries + 1 : 1;
      this.bestTold = this.news.report.best;
      this.bestAt = performance.now();
      this.emit("best", { trial: this.bestTold });
      this.#best();
    }, wait);
  }

  // -- drawing --------------------------------------------------------------------------------------------------------

  #look(look) {
    this.emit("look", look);
  }

  #draw() {
    if (!this.theme || !this.news) {
      if (this.theme) this.plot.draw(null, this.theme);
      return;
    }
    const { report, look, figure } = this.news;
    this.root.dataset.state = report.state;
    this.root.dataset.trials = String(report.trials.length);
    this.head.show(report);
    this.table.show(report);
    this.plot.show(look, figure);
    this.plot.draw(report, this.theme).then(
      () => (this.root.dataset.ready = "true"),
      (error) => (this.root.dataset.failure = `${error.message}.`),
    );
  }
}
