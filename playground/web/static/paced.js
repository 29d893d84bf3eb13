// A stream of values, no faster than somebody can follow: the first at once, then at a steady pace, the last always.

const GAP_MS = 66; // about fifteen a second, as the frames that answer

export class Paced {
  /** @param {(value) => void} send */
  constructor(send, gap = GAP_MS) {
    this.send = send;
    this.gap = gap;
    this.sent = -Infinity;
  }

  give(value) {
    this.waiting = { value };
    const wait = this.sent + this.gap - performance.now();
    if (wait <= 0) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), wait);
  }

  /** Send what is waiting now. */
  flush() {
    clearTimeout(this.timer);
    this.timer = null;
    const { waiting } = this;
    this.waiting = null;
    if (!waiting) return;
    this.sent = performance.now();
    this.send(waiting.value);
  }
}
