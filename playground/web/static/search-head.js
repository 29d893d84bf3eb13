// How a search stands, in a line: its state, how far it is, what became of its trials; pause, resume, stop.

import { whole } from "./format.js";
import { ICONS } from "./icons.js";
import { text } from "./nodes.js";

const STATES = { running: "Searching", paused: "Paused", stopped: "Stopped", finished: "Finished", failed: "Failed" };
const STOP = '<svg viewBox="0 0 24 24" aria-hidden="true"><rect x="6" y="6" width="12" height="12" rx="1.6" fill="currentColor"/></svg>';
const COUNTS = [["complete", "finished"], ["pruned", "given up early"], ["diverged", "diverged"], ["failed", "failed"], ["running", "running"]];

const HTML = `
  <strong class="np-search-state"></strong>
  <progress max="1" value="0" aria-label="How much of the search is done"></progress>
  <span class="np-search-left"></span>
  <span class="np-search-counts"></span>
  <span class="np-search-buttons">
    <button type="button" data-op="pause" title="Have all its workers wait, trials under way too, until you press Resume">${ICONS.pause}<span>Pause</span></button>
    <button type="button" data-op="resume" title="Go on searching">${ICONS.play}<span>Resume</span></button>
    <button type="button" data-op="stop" title="End the search; what it has found is kept">${STOP}<span>Stop</span></button>
  </span>`;

export class SearchHead {
  /** @param {(op: "pause" | "resume" | "stop") => void} act */
  constructor(root, act) {
    root.innerHTML = HTML;
    this.state = root.querySelector(".np-search-state");
    this.bar = root.querySelector("progress");
    this.left = root.querySelector(".np-search-left");
    this.counts = root.querySelector(".np-search-counts");
    this.buttons = [...root.querySelectorAll("button")];
    root.addEventListener("click", (event) => {
      const { op } = event.target.closest("[data-op]")?.dataset ?? {};
      if (!op) return;
      this.asked = op; // something happens at once; the study says the rest
      this.#buttons();
      act(op);
    });
    this.forget();
  }

  forget() {
    this.report = null;
    this.asked = null;
    text(this.state, "Loading …");
    text(this.left, "");
    text(this.counts, "");
    this.bar.value = 0;
    this.#buttons();
  }

  show(report) {
    if (this.report?.state !== report.state) this.asked = null;
    this.report = report;
    text(this.state, STATES[report.state] ?? report.state);
    this.state.dataset.state = report.state;
    this.bar.value = report.share;
    text(this.left, left(report));
    const said = COUNTS.filter(([name]) => report.counts[name]).map(([name, word]) => `${whole(report.counts[name])} ${word}`);
    const machines = new Set(report.workers.map(({ name }) => name)).size;
    if (machines > 1) said.push(`${machines} workers`);
    text(this.counts, said.join(" · "));
    this.#buttons();
  }

  #buttons() {
    const { state } = this.report ?? {};
    const offered = { pause: state === "running", resume: ["paused", "stopped", "failed"].includes(state), stop: state === "running" || state === "paused" };
    for (const button of this.buttons) {
      const { op } = button.dataset;
      button.hidden = !offered[op];
      button.disabled = this.asked === op;
    }
  }
}

/** What is left of the budget, or how many trials there were. */
function left({ state, trials, left: budget, counts }) {
  const done = counts.complete + counts.pruned + counts.diverged + counts.failed;
  if (state === "finished" || state === "stopped") return `${whole(done)} trials`;
  const parts = [];
  if (budget?.trials !== null && budget?.trials !== undefined) parts.push(`${whole(done)} of ${whole(done + budget.trials)} trials`);
  else parts.push(`${whole(trials.length)} trials`);
  if (budget?.seconds !== null && budget?.seconds !== undefined) parts.push(`${time(budget.seconds)} left`);
  return parts.join(", ");
}

function time(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 90) return `${whole} s`;
  return whole < 5400 ? `${Math.round(whole / 60)} min` : `${(whole / 3600).toFixed(1)} h`;
}
