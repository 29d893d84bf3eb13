// A window that slides by itself: one place after another, at a pace that can be followed.

import { prefersCalm } from "./theme.js";

const SLOWEST_MS = 1200;
const QUICKEST_MS = 30;
const CALM_MS = 700; // and no quicker where somebody wants calm

export class Sliding {
  /** `step()` goes one place on, and is false where there is none; `told(on)` hears whether it slides. */
  constructor(step, told) {
    this.step = step;
    this.told = told;
    this.pace = 0.35; // from 0, the slowest, to 1
    this.timer = null;
  }

  get on() {
    return this.timer !== null;
  }

  turn(on) {
    clearTimeout(this.timer);
    this.timer = null;
    if (on) this.#next();
    this.told(on);
  }

  #next() {
    const quick = SLOWEST_MS * (QUICKEST_MS / SLOWEST_MS) ** this.pace;
    this.timer = setTimeout(() => {
      if (this.step()) this.#next();
      else this.turn(false);
    }, prefersCalm() ? Math.max(CALM_MS, quick) : quick);
  }
}
