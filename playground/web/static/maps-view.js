// Feature maps of one image, layer by layer; a press on a map opens how it is made, in the board's place.

import { BoardView } from "./board-view.js";
import { MapDetail } from "./maps-detail.js";

export class MapsView extends BoardView {
  constructor(root) {
    super(root);
    this.opened = null; // {path, unit, row, column} of the map that is looked into
    this.detail = new MapDetail({
      close: () => this.close(),
      seek: (row, column) => this.seek(row, column),
    });
    this.detail.node.hidden = true;
    root.insertBefore(this.detail.node, this.said);
  }

  views() {
    if (!this.opened) return super.views();
    const { path, unit, row, column } = this.opened;
    const { image } = this.options;
    return { map_detail: { path, unit, image, ...(row === null ? {} : { row, column }) } };
  }

  canPress(row) {
    return Boolean(this.rows[row]?.press);
  }

  pressed(row, tile) {
    if (!this.canPress(row)) return;
    this.chosen = [row, tile];
    this.frame();
    this.open({ path: this.rows[row].path, unit: tile, row: null, column: null });
  }

  open(what) {
    this.opened = what;
    this.wanted = null;
    this.detail.clear();
    this.#show(true);
    this.connection?.refresh();
    this.detail.node.querySelector("button").focus();
  }

  /** Back to all layers. */
  close() {
    if (!this.opened) return;
    this.opened = null;
    this.#show(false);
    this.connection?.refresh();
    this.place();
    this.canvas.focus({ preventScroll: true });
  }

  /** Work out another pixel. */
  seek(row, column) {
    if (!this.opened || (this.opened.row === row && this.opened.column === column)) return;
    this.opened = { ...this.opened, row, column };
    this.connection?.refresh();
  }

  #show(detail) {
    this.detail.node.hidden = !detail;
    this.scroll.hidden = detail;
    this.said.hidden = detail;
  }

  left() {
    super.left();
    this.detailRev = null;
    if (this.opened) this.close();
  }

  themed() {
    super.themed();
    this.detail.theme = this.theme;
    this.detail.paint();
  }

  resized() {
    if (!this.opened) super.resized();
  }

  draw(message) {
    super.draw(message);
    const view = message.views?.map_detail;
    if (!view || !this.opened) return;
    if (view.error) {
      this.close(); // its layer is gone
      return;
    }
    if (view.base && view.rev !== this.detailRev) {
      this.detailRev = view.rev;
      this.detail.begin(view.base);
    }
    if (view.frame && view.rev === this.detailRev) this.detail.move(view.frame);
  }
}
