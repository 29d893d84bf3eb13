// The timeline: a slider over the run's past. At its right end it follows the run; anywhere else it holds a moment.
//
// Most of what there is to see happens early, so the track is logarithmic: even over the first thousand steps, and then
// every doubling of the run has as much room as the one before. A run of ten million steps gives its first thousand a
// fourteenth of the track.

import { epochs, whole } from "./format.js";
import { ICONS } from "./icons.js";

const EVEN = 1000; // steps
const NOTCHES = 10000; // of the slider

const HTML = `
  <button type="button" class="np-live" aria-pressed="true" title="Follow the run as it trains"><i></i>Live</button>
  <div class="np-track">
    <input type="range" min="0" max="${NOTCHES}" value="0" step="1" aria-label="Timeline: drag to see an earlier moment">
    <output class="np-thumb"></output>
  </div>
  <button type="button" class="np-branch" title="Drop what came after this moment and train on from here">
    ${ICONS.branch}<span>Go on from here</span>
  </button>`;

export class Timeline {
  /** @param {{seek, rewind}} actions seek(step | null), rewind(step). */
  constructor(root, actions) {
    this.actions = actions;
    root.innerHTML = HTML;
    this.root = root;
    [this.live, this.branch] = root.querySelectorAll("button");
    this.slider = root.querySelector("input");
    this.thumb = root.querySelector("output");
    this.first = 0;
    this.last = 0;
    this.at = null;
    this.slider.addEventListener("input", () => this.#moved());
    this.slider.addEventListener("change", () => this.#released());
    this.slider.addEventListener("keydown", (event) => this.#pressed(event));
    this.live.addEventListener("click", () => this.seek(null));
    this.branch.addEventListener("click", () => this.at !== null && this.actions.rewind(this.at));
    this.#render();
  }

  /** What the run says: how far it is, which moments it kept, and which one is shown. */
  status({ step = 0, timeline, steps_per_epoch: perEpoch, moment, at }) {
    this.first = timeline?.first ?? 0;
    this.last = Math.max(timeline?.last ?? step, step);
    this.perEpoch = perEpoch || null;
    if (this.at !== null && this.at > this.last) this.seek(null); // a reset took that moment away
    // The run shows the nearest moment it kept: say that one, not the one asked for.
    this.shown = at !== null && at === this.at && moment ? moment.step : null;
    this.#render();
  }

  /** Look at a step; null follows the run. */
  seek(step) {
    const wanted = step === null || step >= this.last ? null : Math.max(this.first, step);
    if (wanted !== this.at) this.actions.seek(wanted); // which comes back as sought()
  }

  /** The page looks at a step from here on, whoever asked for it. */
  sought(step) {
    this.at = step;
    this.shown = null;
    this.#render();
  }

  /** A hundredth of the track back or forward, one step at least. */
  nudge(forward) {
    const here = this.at ?? this.last;
    const there = this.#step(this.#share(here) + (forward ? 0.01 : -0.01));
    this.seek(forward ? Math.max(here + 1, there) : Math.min(here - 1, there));
  }

  /** How far along the track a step lies, from 0 to 1. */
  #share(step) {
    const length = this.last - this.first;
    return length > 0 ? Math.log1p((Math.min(step, this.last) - this.first) / EVEN) / Math.log1p(length / EVEN) : 0;
  }

  /** The step that lies there. */
  #step(share) {
    const length = this.last - this.first;
    return this.first + Math.round(EVEN * Math.expm1(Math.max(0, share) * Math.log1p(length / EVEN)));
  }

  #pressed(event) {
    const forward = ["ArrowRight", "ArrowUp"].includes(event.key);
    if (!forward && !["ArrowLeft", "ArrowDown"].includes(event.key)) return;
    event.preventDefault(); // one of the slider's own notches may be less than a step
    this.nudge(forward);
  }

  #moved() {
    const share = Number(this.slider.value) / NOTCHES;
    this.dragging = true;
    this.seek(share >= 0.99 ? null : this.#step(share)); // the last hundredth of the track means "now"
  }

  #released() {
    this.dragging = false;
    this.#render();
  }

  #render() {
    const { slider, at, last } = this;
    const value = at ?? last;
    const share = this.#share(value);
    slider.disabled = last <= this.first;
    // While a finger holds the thumb it stays where the finger is.
    if (!this.dragging) slider.value = Math.round(share * NOTCHES);
    this.root.style.setProperty("--np-share", share);
    this.root.dataset.past = String(at !== null);
    this.live.setAttribute("aria-pressed", String(at === null));
    this.branch.disabled = at === null;
    const text = this.#describe(this.shown ?? value);
    if (this.thumb.textContent !== text) this.thumb.textContent = text;
    slider.setAttribute("aria-valuetext", at === null ? `now, ${text}` : text);
  }

  #describe(step) {
    const text = `step ${whole(step)}`;
    return this.perEpoch ? `${text} · epoch ${epochs(step / this.perEpoch)}` : text;
  }
}
