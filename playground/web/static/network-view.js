// The network diagram: a column a layer, a tile a neuron, a line a weight; edited where it is seen.

import { LiveComponent } from "./live-component.js";
import { arrange, curve, heightAt } from "./network-layout.js";
import { Overlay } from "./network-overlay.js";
import { eachLink, paint } from "./network-paint.js";
import { Scene } from "./network-scene.js";
import { Tooltip } from "./network-tooltip.js";

const REACH = 6; // pixels from which a link is under the pointer

export class NetworkView extends LiveComponent {
  constructor(root) {
    super(root);
    root.setAttribute("role", "group");
    this.inner = document.createElement("div");
    this.inner.className = "np-net-inner";
    this.canvas = document.createElement("canvas");
    this.canvas.className = "np-net-canvas";
    this.canvas.setAttribute("aria-hidden", "true"); // the buttons over it say the same in words
    this.overlayRoot = document.createElement("div");
    this.overlayRoot.className = "np-net-overlay";
    this.inner.append(this.canvas, this.overlayRoot);
    root.append(this.inner);
    this.context = this.canvas.getContext("2d");
    this.tooltip = new Tooltip();
    this.overlay = new Overlay(this.overlayRoot, {
      edit: (change) => this.emit("edit", change),
      focus: (column, row) => this.#focus(column, row),
      blur: () => this.#focus(null),
    });
    this.overlayRoot.addEventListener("pointermove", (event) => this.#pointer(event));
    this.overlayRoot.addEventListener("pointerleave", () => this.#hoverLink(null));
    this.rev = null;
  }

  get name() {
    return "network";
  }

  views() {
    return { network: this.data.options ?? {} };
  }

  updated() {
    this.root.style.height = this.data.height;
    this.root.setAttribute("aria-label", this.data.label ?? "Network diagram");
  }

  left() {
    this.rev = null;
    this.overlay.forget();
  }

  draw({ views }) {
    const view = views?.network;
    if (!view) return;
    if (view.base && view.rev !== this.rev) {
      this.rev = view.rev;
      this.scene = new Scene(view.base);
      this.focused = this.hovered = null;
      this.#arrange();
    }
    if (!this.scene || view.rev !== this.rev) return;
    if (view.frame) this.scene.apply(view.frame);
    this.#paint();
  }

  themed() {
    this.#paint();
  }

  resized() {
    if (!this.scene) return;
    this.#arrange();
    this.#paint();
  }

  #arrange() {
    const { clientWidth: width, clientHeight: height } = this.root;
    if (!width || !height) return;
    this.layout = arrange(this.scene.base, width, height);
    const scale = devicePixelRatio || 1;
    this.inner.style.width = this.canvas.style.width = `${this.layout.width}px`;
    this.inner.style.height = this.canvas.style.height = `${height}px`;
    this.canvas.width = Math.round(this.layout.width * scale);
    this.canvas.height = Math.round(height * scale);
    this.overlay.show(this.scene.base, this.layout);
  }

  #paint() {
    if (!this.scene || !this.layout) return;
    const scale = devicePixelRatio || 1;
    this.context.setTransform(scale, 0, 0, scale, 0, 0);
    const row = this.focused && this.#row(this.focused);
    const focus = row && row.unit !== null ? { column: this.focused.column, row } : null; // what is off has no links
    if (this.hovered) this.hovered.weight = this.scene.weight(this.hovered.number, this.hovered.target.unit, this.hovered.source.unit);
    paint(this.context, { layout: this.layout, scene: this.scene, theme: this.theme, focus, link: this.hovered });
    this.root.dataset.ready = "true";
    this.#tip();
  }

  // -- looking closer -------------------------------------------------------------------------------------------------

  #row({ column, row }) {
    return this.layout.columns[column]?.rows[row];
  }

  #focus(column, row) {
    this.focused = column === null ? null : { column, row };
    this.hovered = null;
    this.#soon();
  }

  #pointer(event) {
    if (event.target !== this.overlayRoot || !this.scene) return;
    const { left, top } = this.overlayRoot.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    this.at = { left: event.clientX, right: event.clientX, top: event.clientY, bottom: event.clientY };
    this.#hoverLink(this.#nearest(x, y));
  }

  #hoverLink(link) {
    if (!link && !this.hovered) return;
    this.hovered = link;
    this.#soon();
  }

  #nearest(x, y) {
    let best = null;
    let least = REACH;
    eachLink(this.layout, this.scene, (source, target, weight, number) => {
      if (x < source.x + this.layout.tile || x > target.x) return;
      const distance = Math.abs(heightAt(curve(this.layout, source, target), x) - y);
      if (distance < least) [best, least] = [{ source, target, weight, number }, distance];
    });
    return best;
  }

  /** Paint once in the next animation frame, however many pointer moves there were. */
  #soon() {
    this.painting ??= requestAnimationFrame(() => {
      this.painting = null;
      this.#paint();
    });
  }

  #tip() {
    const { scene, theme, focused } = this;
    if (focused && this.#row(focused)) {
      const row = this.#row(focused);
      const { left, top } = this.overlayRoot.getBoundingClientRect();
      const size = this.layout.tile;
      const box = { left: left + row.x, right: left + row.x + size, top: top + row.y, bottom: top + row.y + size };
      this.tooltip.tile({ scene, theme, column: focused.column, row, box });
    } else if (this.hovered) this.tooltip.link({ scene, theme, link: this.hovered, box: this.at });
    else this.tooltip.hide();
  }

  destroy() {
    cancelAnimationFrame(this.painting);
    this.overlay.destroy();
    this.tooltip.destroy();
    super.destroy();
  }
}
