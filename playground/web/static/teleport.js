// A press on a loss landscape, by pointer or keys: where it is on the plane.
//
// Turning the picture begins with a press, too, so only one that ends where it began counts. From above the place is
// read off the axes; on a surface it is the point that Plotly found under the pointer. With the keyboard a cross is
// moved over the map: arrow keys (with shift in larger steps), and Enter.

const STILL = 4; // pixels that a hand may tremble
const STEP = 0.02;
const LONG_STEP = 0.1; // of the plot's width

export class Teleport {
  /** @param {(x: number, y: number) => void} go */
  constructor(node, go) {
    this.node = node;
    this.go = go;
    this.hovered = null;
    this.page = new AbortController();
    const { signal } = this.page;
    node.on("plotly_hover", ({ points }) => {
      this.hovered = points.find(({ curveNumber }) => curveNumber === 0) ?? null;
    });
    node.on("plotly_unhover", () => (this.hovered = null));
    node.addEventListener("pointerdown", ({ button, clientX, clientY }) => (this.down = { button, clientX, clientY }), { signal, capture: true });
    // Plotly lays a cover over the whole window while a button is down: the end of a press is the window's to tell.
    window.addEventListener("pointerup", (event) => this.#released(event), { signal, capture: true });
    if (this.flat) this.#keys(signal);
  }

  get flat() {
    return Boolean(this.node._fullLayout?.xaxis);
  }

  #released({ clientX, clientY }) {
    const { down } = this;
    this.down = null;
    if (!down || down.button !== 0 || Math.hypot(clientX - down.clientX, clientY - down.clientY) > STILL) return;
    const place = this.flat ? this.#fromAbove(clientX, clientY) : this.hovered;
    if (place) this.go(Number(place.x), Number(place.y));
  }

  /** The coordinates under a pointer over the map; null beside it. */
  #fromAbove(clientX, clientY) {
    const { left, top } = this.node.getBoundingClientRect();
    const { xaxis, yaxis } = this.node._fullLayout;
    const [across, down] = [clientX - left - xaxis._offset, clientY - top - yaxis._offset];
    if (across < 0 || across > xaxis._length || down < 0 || down > yaxis._length) return null;
    return { x: xaxis.p2d(across), y: yaxis.p2d(down) };
  }

  #keys(signal) {
    this.node.tabIndex = 0;
    this.cross = document.createElement("i");
    this.cross.className = "np-cross";
    this.cross.hidden = true;
    this.node.parentElement.append(this.cross);
    this.at = { x: 0.5, y: 0.5 };
    this.node.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    this.node.addEventListener("blur", () => (this.cross.hidden = true), { signal });
  }

  #pressed(event) {
    if (event.target !== this.node) return;
    const step = event.shiftKey ? LONG_STEP : STEP;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.key === "Enter" && !this.cross.hidden) {
      const { xaxis, yaxis } = this.node._fullLayout;
      this.go(xaxis.p2d(this.at.x * xaxis._length), yaxis.p2d(this.at.y * yaxis._length));
    } else if (moves[event.key]) {
      const [x, y] = moves[event.key];
      this.at = { x: Math.min(1, Math.max(0, this.at.x + x)), y: Math.min(1, Math.max(0, this.at.y + y)) };
      this.#showCross();
    } else return;
    event.preventDefault();
    event.stopPropagation(); // the page's own keys: an arrow would move the timeline
  }

  #showCross() {
    const { xaxis, yaxis } = this.node._fullLayout;
    this.cross.hidden = false;
    this.cross.style.left = `${xaxis._offset + this.at.x * xaxis._length}px`;
    this.cross.style.top = `${yaxis._offset + this.at.y * yaxis._length}px`;
  }

  destroy() {
    this.page.abort();
    this.cross?.remove();
  }
}
