// The network diagram: a column a layer, a tile a neuron, a line a weight; edited where it is seen.

import { LiveComponent } from "./live-component.js";
import { Editor } from "./network-editor.js";
import { arrange, curve, heightAt } from "./network-layout.js";
import { Overlay } from "./network-overlay.js";
import { eachLink, paint } from "./network-paint.js";
import { Scene } from "./network-scene.js";
import { Tooltip } from "./network-tooltip.js";

const REACH = { mouse: 6, touch: 16 }; // pixels from which a link is under the pointer

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
      open: (column, row, event) => this.#openNeuron(column, row, event),
      focus: (column, row) => this.#focus(column, row),
      blur: () => this.#focus(null),
    });
    this.editor = new Editor(root, {
      control: (op, value) => this.connection?.control(op, value),
      freeze: (path, on) => this.overlay.freeze(path, on),
      now: () => this.connection?.seek(null),
      changed: () => this.#paint(),
      closed: (place) => this.#closed(place),
    });
    this.overlayRoot.addEventListener("click", (event) => this.#pressed(event));
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
    this.editor.close();
    this.overlay.forget();
  }

  draw({ status, views }) {
    if (status) this.#stand(status);
    const view = views?.network;
    if (!view) return;
    if (view.base && view.rev !== this.rev) {
      this.rev = view.rev;
      this.scene = new Scene(view.base);
      this.scene.stand(moment(this.status));
      this.focused = this.hovered = null;
      this.#arrange();
    }
    if (!this.scene || view.rev !== this.rev) return;
    if (view.frame) this.scene.apply(view.frame);
    this.#paint();
  }

  /** What a person did to the run. A frame may bring no more than that. */
  #stand(status) {
    const { silenced, frozen } = moment(status);
    const told = JSON.stringify([silenced, frozen, status.at]);
    this.status = status;
    if (told === this.told || !this.scene) return;
    this.told = told;
    this.scene.stand({ silenced, frozen });
    this.#soon();
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
    const { scene, theme, layout } = this;
    if (this.editor.isOpen) this.editor.show({ scene, theme, status: this.status });
    const focused = this.#edited() ?? this.focused;
    const row = focused && this.#row(focused);
    const focus = row && row.unit !== null ? { column: focused.column, row } : null; // what is off has no links
    const link = this.hovered ?? this.#editedLink();
    if (link) link.weight = scene.weight(link.number, link.target.unit, link.source.unit);
    paint(this.context, { layout, scene, theme, focus, link });
    this.overlay.stand(scene);
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
    this.#hoverLink(this.#nearest(event));
  }

  #hoverLink(link) {
    if (!link && !this.hovered) return;
    this.hovered = link;
    this.overlayRoot.style.cursor = link ? "pointer" : "";
    this.#soon();
  }

  /** The link under the pointer; from farther off where that is a finger. */
  #nearest(event) {
    const { left, top } = this.overlayRoot.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    let best = null;
    let least = REACH[event.pointerType] ?? REACH.mouse;
    eachLink(this.layout, this.scene, (source, target, weight, number) => {
      if (x < source.x + this.layout.tile || x > target.x) return;
      const distance = Math.abs(heightAt(curve(this.layout, source, target), x) - y);
      if (distance < least) [best, least] = [{ source, target, weight, number, x, y }, distance];
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
    if (this.editor.isOpen) this.tooltip.hide(); // one card at a time
    else if (focused && this.#row(focused)) {
      const row = this.#row(focused);
      this.tooltip.tile({ scene, theme, column: focused.column, row, box: this.#onPage(this.#tileBox(row)) });
    } else if (this.hovered) this.tooltip.link({ scene, theme, link: this.hovered, box: this.#onPage(pointBox(this.hovered)) });
    else this.tooltip.hide();
  }

  #tileBox({ x, y }) {
    return { left: x, right: x + this.layout.tile, top: y, bottom: y + this.layout.tile };
  }

  #linkBox({ source, target, y }) {
    return { left: source.x, right: target.x + this.layout.tile, top: y, bottom: y };
  }

  /** A box of the diagram, in coordinates of the window. */
  #onPage({ left, right, top, bottom }) {
    const { left: x, top: y } = this.overlayRoot.getBoundingClientRect();
    return { left: left + x, right: right + x, top: top + y, bottom: bottom + y };
  }

  // -- weights by hand ------------------------------------------------------------------------------------------------

  #pressed(event) {
    if (event.target !== this.overlayRoot || !this.scene) return;
    const link = this.#nearest(event);
    if (!link) return this.editor.close();
    const [, column] = this.scene.base.links[link.number];
    this.#open({ column, unit: link.target.unit, input: link.source.unit }, event, this.#linkBox(link));
  }

  #openNeuron(column, row, event) {
    const place = this.layout.columns[column].rows[row];
    this.#open({ column, unit: place.unit, input: null }, event, this.#tileBox(place));
  }

  #open(target, event, box) {
    const { scene, theme, status } = this;
    this.editor.open(target, { scene, theme, status, anchor: () => this.#onPage(box), typing: event.pointerType !== "touch" });
    this.#paint();
  }

  /** The neuron being edited, as {column, row index}. */
  #edited() {
    const place = this.editor.place(this.scene);
    if (!place) return null;
    return { column: place.column, row: this.layout.columns[place.column].rows.findIndex(({ unit }) => unit === place.unit) };
  }

  #editedLink() {
    const place = this.editor.place(this.scene);
    if (!place || place.input === null) return null;
    const number = this.scene.base.links.findIndex(([, to]) => to === place.column);
    const source = this.layout.columns[this.scene.base.links[number][0]].rows.find(({ unit }) => unit === place.input);
    const target = this.layout.columns[place.column].rows.find(({ unit }) => unit === place.unit);
    return source && target ? { source, target, number } : null; // one that is not shown has no line
  }

  /** The focus goes back to the neuron that was edited. */
  #closed(place) {
    const row = place && this.layout.columns[place.column]?.rows.findIndex(({ unit }) => unit === place.unit);
    if (place) this.overlay.reach(place.column, row);
    this.#soon();
  }

  destroy() {
    cancelAnimationFrame(this.painting);
    this.overlay.destroy();
    this.editor.destroy();
    this.tooltip.destroy();
    super.destroy();
  }
}

/** What was true when what is shown was so. */
function moment(status) {
  return (status?.at !== null && status?.moment) || status || {};
}

function pointBox({ x, y }) {
  return { left: x, right: x, top: y, bottom: y };
}
