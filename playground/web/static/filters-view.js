// The filters of every convolution; below them the patches of training images that excite the pressed one most.

import { BoardView } from "./board-view.js";
import { element } from "./elements.js";
import { picked } from "./picked.js";

export class FiltersView extends BoardView {
  constructor(root) {
    super(root);
    this.unit = null; // {path, unit} of the filter that is looked into
    this.below = element("div", "np-filters-below");
    root.insertBefore(this.below, this.said);
    this.patches = new Patches(this.below, this);
    this.below.hidden = true;
  }

  views() {
    const views = super.views();
    return this.unit ? { ...views, patches: this.unit } : views;
  }

  /** Before anybody has pressed one, or when that is gone, the first filter is looked into. */
  move(frame) {
    super.move(frame);
    const at = this.#whereIsIt();
    if (!at && this.rows[0]?.count) this.pressed(0, 0);
    if (!at || at[0] === this.chosen?.[0]) return;
    this.chosen = at;
    this.frame();
  }

  /** [row, tile] of the filter that is looked into; null where it is not drawn. */
  #whereIsIt() {
    if (!this.unit) return null;
    const { path, unit } = this.unit;
    const own = (row) => String(row.path) === String(path) && (row.of === undefined ? unit < row.count : row.of === unit);
    const row = this.rows.findIndex(own);
    return row < 0 ? null : [row, this.rows[row].of === undefined ? unit : 0];
  }

  canPress() {
    return true;
  }

  pressed(row, tile) {
    const { path, of } = this.rows[row];
    const unit = of ?? tile; // where every channel stands by itself a row is one filter
    this.chosen = [row, tile];
    this.frame();
    if (this.unit?.unit === unit && String(this.unit.path) === String(path)) return;
    this.unit = { path, unit };
    this.below.hidden = false;
    this.patches.of(`${this.rows[row].title} · filter ${unit + 1}`);
    this.place();
    this.connection?.refresh();
  }

  left() {
    super.left();
    this.unit = null;
    this.patches?.clear();
  }

  themed() {
    super.themed();
    this.patches.inner.theme = this.theme;
    this.patches.inner.paint();
  }

  draw(message) {
    super.draw(message);
    const view = message.views?.patches;
    if (view && this.unit) this.patches.draw(view);
  }
}

/** A board inside the other one: it has no connection of its own. */
class Patches {
  constructor(parent, outer) {
    this.title = element("p", "np-filters-title");
    this.root = element("div", "np-filters-patches");
    parent.append(this.title, this.root);
    this.outer = outer;
    this.inner = new BoardView(this.root);
    this.inner.data = {};
    this.inner.pressed = (row, tile) => {
      const pick = this.inner.rows[row]?.picks?.[tile];
      if (pick) picked(outer.data.run_id).set(pick);
    };
  }

  of(name) {
    if (this.title.textContent !== name) this.title.textContent = name;
    this.inner.canvas.setAttribute("aria-label", `Patches that excite ${name} most`);
  }

  clear() {
    this.inner.rev = null;
  }

  draw(view) {
    const { inner } = this;
    inner.data = { run_id: this.outer.data.run_id };
    if (view.base && view.rev !== inner.rev) inner.begin(view);
    if (view.frame && view.rev === inner.rev) inner.move(view.frame);
  }
}
