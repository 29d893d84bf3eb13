// A job of the studio, and what it tells of itself below a view: a sentence, how far it is, a button that ends it.

import { Job } from "./jobs.js";

const HTML = `
  <p role="status" aria-live="polite"></p>
  <progress max="1" value="0" hidden></progress>
  <button type="button" hidden>Cancel</button>`;

export class ToldJob {
  /**
   * @param {import("./live-component.js").LiveComponent} view whose `data.job` is followed; told `cancel` and `gone`.
   * @param {HTMLElement} node where it is told
   * @param {{progress: string, stop: string, take: (body: ArrayBuffer | null, working: boolean) => void, rest: () => string}} how
   *   progress: the bar's name; stop: the button's tooltip; take: how the job stands, with a new result if there is one;
   *   rest: what is said while nothing is worked at.
   */
  constructor(view, node, { progress, stop, take, rest }) {
    node.classList.add("np-told");
    node.innerHTML = HTML;
    [this.told, this.bar, this.cancel] = node.children;
    this.bar.setAttribute("aria-label", progress);
    this.cancel.title = stop;
    this.cancel.addEventListener("click", () => view.emit("cancel", view.data.job));
    this.view = view;
    this.take = take;
    this.rest = rest;
  }

  /** Follow this job from now on, or (null) none. */
  follow(id) {
    this.stop();
    this.tell(this.rest(), null);
    if (!id) return;
    this.begin();
    this.job = new Job(id, {
      news: (job, body) => this.#news(job, body),
      gone: () => this.view.emit("gone", id),
      away: () => this.tell("The server does not answer. Trying again.", null),
    });
  }

  /** A job has been asked for, and is not known yet. */
  begin() {
    this.tell("Beginning", 0);
  }

  stop() {
    this.job?.stop();
    this.job = null;
  }

  #news({ state, share, text }, body) {
    const working = state === "working";
    this.take(body, working);
    if (working) this.tell(text || "Working", share);
    else if (state === "failed") this.tell(text, null, true);
    else this.tell(state === "cancelled" ? "Cancelled." : this.rest(), null);
    this.view.root.dataset.state = state;
  }

  /** share: how much is done, null while nothing is worked at. */
  tell(text, share, wrong = false) {
    if (this.told.textContent !== text) this.told.textContent = text;
    this.told.dataset.level = wrong ? "error" : "";
    this.bar.hidden = this.cancel.hidden = share === null;
    this.bar.value = share ?? 0;
  }
}
