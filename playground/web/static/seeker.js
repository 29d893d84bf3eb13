// Dragging the timeline: only the newest wish travels, and never before the last one was answered.

const PATIENCE_MS = 400; // a wish that is not answered in this time no longer holds back the next

export class Seeker {
  /** @param {() => void} send sends the current wish. */
  constructor(send) {
    this.send = send;
    this.wanted = null;
    this.open = undefined; // the wish under way; undefined = none
  }

  /** Wish for a step; null = now. */
  want(step) {
    if (step === this.wanted) return;
    this.wanted = step;
    if (this.open === undefined || step === null) this.send();
  }

  /** The current wish went out. */
  sent() {
    clearTimeout(this.timer);
    this.open = this.wanted;
    this.timer = setTimeout(() => this.#next(), PATIENCE_MS);
  }

  /** A frame came that shows this step (null = now). */
  arrived(at) {
    if (this.open !== undefined && at === this.open) this.#next();
  }

  /** The connection is a new one: nothing is under way any more. */
  forget() {
    clearTimeout(this.timer);
    this.open = undefined;
  }

  stop() {
    this.forget();
  }

  #next() {
    const answered = this.open;
    this.forget();
    if (answered !== this.wanted) this.send();
  }
}
