// The timeline: a slider over the run's past. At its right end it follows the run; anywhere else it holds a moment.

import { epochs, whole } from "./format.js";
import { ICONS } from "./icons.js";

const HTML = `
  <button type="button" class="np-live" aria-pressed="true" title="Follow the run as it trains"><i></i>Live</button>
  <div class="np-track">
    <input type="range" min="0" max="0" value="0" step="1" aria-label="Timeline: drag to see an earlier moment">
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
    this.last = 0;
    this.at = null;
    this.steps = null;
    this.slider.addEventListener("input", () => this.#moved());
    this.slider.addEventListener("change", () => this.#released());
    this.live.addEventListener("click", () => this.seek(null));
    this.branch.addEventListener("click", () => this.at !== null && this.actions.rewind(this.at));
    this.#render();
  }

  /** What the run says: how far it is, which moments it kept, and which one is shown. */
  status({ step = 0, timeline, steps_per_epoch: perEpoch, moment, at }) {
    this.first = timeline?.first ?? 0;
    this.last = Math.max(timeline?.last ?? step, step);
    this.steps = timeline?.steps?.length ? timeline.steps : null;
    this.perEpoch = perEpoch || null;
    if (this.at !== null && this.at > this.last) this.seek(null); // a reset took that moment away
    // The run shows the nearest moment it kept: say that one, not the one asked for.
    this.shown = at !== null && at === this.at && moment ? moment.step : null;
    this.#render();
  }

  /** Look at a step; null follows the run. */
  seek(step) {
    const wanted = step === null || step >= this.last ? null : Math.max(this.first ?? 0, step);
    if (wanted !== this.at) this.actions.seek(wanted); // which comes back as sought()
  }

  /** The page looks at a step from here on, whoever asked for it. */
  sought(step) {
    this.at = step;
    this.shown = null;
    this.#render();
  }

  /** One notch back or forward: the next kept moment, or a hundredth of the run. */
  nudge(forward) {
    const here = this.at ?? this.last;
    if (this.steps) {
      const next = forward ? this.steps.find((step) => step > here) : this.steps.findLast((step) => step < here);
      this.seek(next ?? (forward ? null : (this.first ?? 0)));
    } else this.seek(here + (forward ? 1 : -1) * Math.max(1, Math.round(this.last / 100)));
  }

  #moved() {
    const value = Number(this.slider.value);
    this.dragging = true;
    this.seek(this.#snap(value));
  }

  #released() {
    this.dragging = false;
    this.#render();
  }

  /** The nearest moment that was kept; the last hundredth of the track means "now". */
  #snap(value) {
    if (value >= this.last - (this.last - (this.first ?? 0)) / 100) return null;
    if (!this.steps) return value;
    return this.steps.reduce((best, step) => (Math.abs(step - value) < Math.abs(best - value) ? step : best));
  }

  #render() {
    const { slider, at, last } = this;
    const first = this.first ?? 0;
    const value = at ?? last;
    slider.min = first;
    slider.max = Math.max(last, first + 1);
    slider.disabled = last <= first;
    // While a finger holds the thumb it stays where the finger is.
    if (!this.dragging) slider.value = value;
    const share = last > first ? (Math.min(value, last) - first) / (last - first) : 0;
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
