// A picture that somebody turns or zooms with the mouse is not drawn anew meanwhile: Plotly would put the camera back to
// where it was when it last heard of it, and a part of the movement would be lost.

const SETTLED_MS = 120; // Plotly's camera follows the hand with a little delay

export class Hold {
  /** @param {HTMLElement} node @param {() => void} released */
  constructor(node, released) {
    this.released = released;
    this.held = false;
    this.page = new AbortController();
    const { signal } = this.page;
    const options = { signal, capture: true, passive: true };
    node.addEventListener("pointerdown", () => this.#begin(), options);
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => this.#end(), options);
    node.addEventListener("wheel", () => this.#nudge(), options);
  }

  #begin() {
    this.held = this.down = true;
    clearTimeout(this.settling);
  }

  #end() {
    if (!this.down) return;
    this.down = false;
    this.#settle();
  }

  #nudge() {
    this.held = true;
    if (!this.down) this.#settle();
  }

  #settle() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      this.held = false;
      this.released();
    }, SETTLED_MS);
  }

  destroy() {
    clearTimeout(this.settling);
    this.page.abort();
  }
}
