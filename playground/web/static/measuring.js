// What a picture that takes its time says: how far it is, and a way to stop it.
//
// Stopped means that the page no longer asks for it: the worker measures only while somebody looks. All views of one
// connection that show the same thing stop together.

const PATIENCE_MS = 600; // what is whole by then needs no word

export class Measuring {
  /** @param {HTMLElement} root @param {{halt: () => void, resume: () => void}} actions */
  constructor(root, actions) {
    this.node = document.createElement("div");
    this.node.className = "np-measuring";
    this.node.setAttribute("role", "status");
    this.node.hidden = true;
    this.node.innerHTML = "<span></span><button type=\"button\"></button>";
    [this.text, this.button] = this.node.children;
    this.button.addEventListener("click", () => (this.halted ? actions.resume() : actions.halt()));
    this.halted = false;
    root.append(this.node);
  }

  /** How much of the picture is measured, from 0 to 1. */
  show(share) {
    this.share = share;
    if (share >= 1) this.since = null;
    else this.since ??= performance.now();
    this.#render();
  }

  /** Whether it was stopped. */
  halt(on) {
    this.halted = on;
    if (!on) this.since = null;
    this.#render();
  }

  #render() {
    const slow = this.share < 1 && this.since !== null && performance.now() - this.since > PATIENCE_MS;
    this.node.hidden = !this.halted && !slow;
    const percent = `${Math.floor(100 * (this.share ?? 0))} %`;
    const text = this.halted ? `stopped at ${percent}` : `measuring, ${percent}`;
    if (this.text.textContent !== text) this.text.textContent = text;
    const label = this.halted ? "Go on" : "Stop";
    if (this.button.textContent !== label) this.button.textContent = label;
  }
}
