// A job of the server's studio, followed from the browser: asked after until it ends.

const GAP_MS = 120;
const HIDDEN_MS = 5000; // while nobody can see it, often enough that the server does not give it up
const PATIENCE = 8; // failed questions in a row: the server is away, or the way to it
const LONGEST_GAP_MS = 4000;

export class Job {
  /**
   * @param {string} id
   * @param {{news: (job, body: ArrayBuffer | null) => void, gone: () => void, away: () => void}} listener
   *   news: how it stands, `{state, share, text, revision}`, and a new result, if there is one; gone: the server knows it
   *   no more; away: it does not answer.
   */
  constructor(id, listener) {
    this.id = id;
    this.listener = listener;
    this.revision = 0;
    this.failures = 0;
    this.#ask();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.next);
  }

  async #ask() {
    let answer;
    try {
      const address = new URL(`../../jobs/${encodeURIComponent(this.id)}?after=${this.revision}`, import.meta.url);
      answer = await fetch(address, { cache: "no-store" });
      if (this.stopped) return;
      if (answer.status === 404) return this.listener.gone();
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const job = JSON.parse(answer.headers.get("X-Job"));
      const body = await answer.arrayBuffer();
      if (this.stopped) return;
      this.failures = 0;
      this.revision = job.revision;
      this.listener.news(job, body.byteLength ? body : null);
      if (job.state === "working") this.#later(document.hidden ? HIDDEN_MS : GAP_MS);
    } catch (error) {
      if (this.stopped) return;
      this.failures += 1;
      if (this.failures === PATIENCE) this.listener.away();
      this.#later(Math.min(GAP_MS * 2 ** this.failures, LONGEST_GAP_MS));
      if (answer?.ok) throw error; // not the way's fault: ours, and to be seen
    }
  }

  #later(milliseconds) {
    this.next = setTimeout(() => this.#ask(), milliseconds);
  }
}
