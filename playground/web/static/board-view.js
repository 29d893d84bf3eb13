// A board: rows of small pictures that follow a run. The pointer or the arrow keys read them out, a press opens one.

import { arrange, hit, oneLine, partAt, sheet, tileAt, told, unpacked, valueAt } from "./board.js";
import { around, element, say } from "./elements.js";
import { LiveComponent } from "./live-component.js";
import { picked, same } from "./picked.js";

const scratch = document.createElement("canvas");

export class BoardView extends LiveComponent {
  constructor(root) {
    super(root);
    root.classList.add("np-board");
    this.scroll = element("div", "np-board-scroll");
    this.sheet = element("div", "np-board-sheet");
    this.canvas = element("canvas", "np-board-canvas");
    this.titles = element("div", "np-board-titles");
    this.frames = element("div", "np-board-frames"); // around what is picked
    this.cursor = element("div", "np-board-cursor");
    this.cursor.hidden = true;
    this.said = element("p", "np-board-said");
    this.said.setAttribute("role", "status");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-roledescription", "board of pictures");
    this.sheet.append(this.canvas, this.titles, this.frames, this.cursor);
    this.scroll.append(this.sheet);
    root.append(this.scroll, this.said);
    this.#listen();
    this.rev = null;
    this.base = { rows: [] };
    this.rows = [];
    this.tiles = [];
    this.layout = { height: 0, rows: [] };
    this.at = null; // {row, tile, x, y} under the pointer or the keyboard's cursor
    this.chosen = null; // [row, tile] that was pressed
  }

  get name() {
    return this.data.view;
  }

  views() {
    return { [this.data.view]: this.options };
  }

  updated(before) {
    this.root.style.height = this.data.height;
    if (before.view !== undefined && before.view !== this.data.view) this.connection?.refresh();
    this.canvas.setAttribute("aria-label", this.data.label ?? this.data.view);
    this.hint(this.data.hint ?? "");
  }

  left() {
    this.rev = null;
    this.chosen = null;
  }

  picked(value) {
    super.picked(value);
    this.frame();
  }

  themed() {
    this.paint();
  }

  resized() {
    if (!this.rows.length || this.resizing) return;
    this.resizing = requestAnimationFrame(() => {
      this.resizing = null;
      this.place();
    });
  }

  // -- what comes ----------------------------------------------------------------------------------------------------

  draw({ views }) {
    const view = views?.[this.data.view];
    if (!view) return;
    this.root.dataset.failure = view.error ?? "";
    if (view.error) this.root.dataset.ready = "true";
    if (view.base && view.rev !== this.rev) this.begin(view);
    if (view.frame && view.rev === this.rev) this.move(view.frame);
  }

  begin({ rev, base }) {
    this.rev = rev;
    this.base = base;
    if (base.about) this.canvas.setAttribute("aria-label", base.about);
  }

  /** Take a frame in: its rows over those of the base. */
  move(frame) {
    const count = Math.max(this.base.rows?.length ?? 0, frame.rows?.length ?? 0);
    const rows = Array.from({ length: count }, (_, k) => ({ ...this.base.rows?.[k], ...frame.rows?.[k] }));
    const shape = JSON.stringify(rows.map(({ tiles: _, captions, picks: __, tones: ___, ...still }) => [still, Boolean(captions)]));
    this.rows = rows;
    this.tiles = rows.map((row) => (row.tiles ? unpacked(row.tiles, row.kind) : null));
    this.note = frame.note ?? "";
    if (shape === this.shape) this.paint();
    else this.place();
    this.shape = shape;
    this.root.dataset.ready = "true";
    if (this.at) this.read();
    else this.hint();
  }

  // -- drawing -------------------------------------------------------------------------------------------------------

  /** Lay everything out anew. */
  place() {
    const width = this.scroll.clientWidth;
    const height = this.scroll.clientHeight;
    if (!width || !height) return;
    this.dense = devicePixelRatio || 1;
    this.layout = arrange(this.rows, width, height, { titles: this.base.titles, dense: this.dense });
    if (this.layout.height > height && width === this.scroll.offsetWidth) {
      this.layout = arrange(this.rows, width - 14, height, { titles: this.base.titles, dense: this.dense }); // a scroll bar comes
    }
    this.sheet.style.height = `${this.layout.height}px`;
    this.canvas.width = Math.round(width * this.dense);
    this.canvas.height = Math.round(this.layout.height * this.dense);
    this.canvas.style.height = `${this.layout.height}px`;
    this.#title();
    this.paint();
  }

  #title() {
    const above = this.base.titles === "top";
    this.titles.replaceChildren(
      ...this.rows.map((row, k) => {
        const place = this.layout.rows[k];
        const node = element("div", above ? "np-board-above" : "np-board-title");
        node.style.top = `${above ? place.top - 18 : place.top}px`;
        if (!above) node.style.left = `${10 * (row.indent ?? 0)}px`;
        if (oneLine(row)) node.classList.add("np-board-line");
        if (row.hint) node.title = row.hint;
        node.append(element("b", "", row.title ?? ""), element("span", "", row.sub ?? ""));
        return node;
      }),
    );
  }

  paint() {
    const context = this.canvas.getContext("2d");
    if (!this.theme || !this.layout.rows.length) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.scale(this.dense, this.dense);
    context.font = `11px ${this.theme.font}`;
    context.textBaseline = "top";
    this.rows.forEach((row, k) => this.tiles[k] && row.count && this.#row(context, row, k));
    this.frame();
  }

  #row(context, row, k) {
    const place = this.layout.rows[k];
    const image = sheet(this.tiles[k], row);
    const parts = row.parts ?? 1;
    const tall = image.height / (row.count * parts);
    scratch.width = image.width;
    scratch.height = image.height;
    scratch.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingEnabled = place.scale * this.dense < 1;
    for (let tile = 0; tile < row.count; tile += 1) {
      const box = tileAt(place, tile);
      const { x, y, w, h } = box;
      for (let part = 0; part < parts; part += 1) {
        const at = partAt(row, place, box, part);
        context.drawImage(scratch, 0, (tile * parts + part) * tall, image.width, tall, at.x, at.y, at.w, at.h);
      }
      this.#edge(context, row.tones?.[tile], x, y, w, h, row.kind === "vector");
      if (place.tall && row.captions?.[tile]) this.#caption(context, row.captions[tile], x + w / 2, y + h + 2, place.step);
    }
  }

  #edge(context, tone, x, y, w, h, inside) {
    const colours = { good: this.theme.link.positive, bad: this.theme.link.negative };
    context.lineWidth = tone ? 2 : 1;
    context.strokeStyle = tone ? `rgb(${colours[tone]})` : this.theme.faint;
    const out = inside ? -context.lineWidth / 2 : context.lineWidth / 2;
    context.strokeRect(x - out, y - out, w + 2 * out, h + 2 * out);
  }

  #caption(context, text, middle, top, room) {
    context.fillStyle = this.theme.text;
    context.textAlign = "center";
    context.fillText(text, middle, top, room - 1);
  }

  /** Frames around the tile that was pressed and the image that is picked. */
  frame() {
    const boxes = [];
    const now = this.data.run_id ? picked(this.data.run_id).get() : null;
    this.rows.forEach((row, k) => {
      const place = this.layout.rows[k];
      if (!place) return;
      for (let tile = 0; tile < row.count; tile += 1) {
        const mine = this.chosen?.[0] === k && this.chosen[1] === tile;
        if (mine || (now && row.picks && same(row.picks[tile], now))) boxes.push(tileAt(place, tile));
      }
    });
    const key = JSON.stringify(boxes);
    if (key === this.framed) return;
    this.framed = key;
    this.frames.replaceChildren(...boxes.map((box) => around(element("i", ""), box)));
  }

  // -- what a person does --------------------------------------------------------------------------------------------

  #listen() {
    const { canvas } = this;
    canvas.addEventListener("pointermove", (event) => this.#moved(event) && this.point(this.#under(event)));
    canvas.addEventListener("pointerleave", () => !this.at?.keyed && this.point(null));
    canvas.addEventListener("click", (event) => {
      const at = this.#under(event) ?? this.at; // a press is told in whole pixels, which may lie beside the edge
      if (at) this.pressed(at.row, at.tile);
    });
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("blur", () => this.point(null));
  }

  /** Whether the pointer moved: a browser also says so when what is under a resting one changes, which must not take the
   * keyboard's cursor away. */
  #moved({ clientX, clientY }) {
    const [before, now] = [this.pointer, `${clientX} ${clientY}`];
    this.pointer = now;
    return !this.at?.keyed || (before !== undefined && before !== now);
  }

  #under({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    return hit(this.layout, this.rows, clientX - box.left, clientY - box.top);
  }

  #key(event) {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const step = steps[event.key];
    if (step) {
      event.preventDefault();
      const { row, tile } = this.at ?? { row: 0, tile: -1 };
      const to = Math.min(this.rows.length - 1, Math.max(0, row + step[0]));
      const most = (this.rows[to]?.count ?? 1) - 1;
      this.point({ row: to, tile: Math.min(most, Math.max(0, tile + step[1])), x: 0, y: 0, keyed: true });
    } else if ((event.key === "Enter" || event.key === " ") && this.at) {
      event.preventDefault();
      this.pressed(this.at.row, this.at.tile);
    }
  }

  /** Point at a tile, or at none. */
  point(at) {
    this.at = at && this.layout.rows[at.row] ? at : null;
    this.cursor.hidden = !this.at;
    this.canvas.style.cursor = this.at && this.canPress(this.at.row) ? "pointer" : "";
    if (!this.at) {
      this.hint();
      return;
    }
    const box = tileAt(this.layout.rows[at.row], at.tile);
    around(this.cursor, box);
    if (at.keyed) this.cursor.scrollIntoView({ block: "nearest" });
    this.read();
  }

  /** Say what is pointed at. */
  read() {
    const { row, tile, x, y, keyed } = this.at;
    const its = this.rows[row];
    const tiles = this.tiles[row];
    if (!its || !tiles || tile >= its.count) return;
    const value = keyed && its.kind !== "vector" ? null : valueAt(tiles, tile, this.at, its);
    const where = its.kind === "vector" || keyed ? "" : `, row ${y + 1}, column ${x + 1}`;
    const what = its.names?.[tile] ?? its.captions?.[tile] ?? `${its.unit ?? "map"} ${tile + 1}`;
    say(this.said, [[its.title, what].filter(Boolean).join(" · ") + where, told(value)].filter(Boolean).join(": "));
  }

  /** What the line below says while nothing is pointed at. */
  hint(text = this.data.hint ?? "") {
    if (!this.at) say(this.said, this.note || text);
  }

  canPress(row) {
    return Boolean(this.data.press || this.rows[row]?.picks);
  }

  /** A tile was pressed: it is picked, where it stands for an image; the page hears of it, where it asked to. */
  pressed(row, tile) {
    const pick = this.rows[row]?.picks?.[tile];
    if (pick) picked(this.data.run_id).set(pick);
    if (!this.data.press) return;
    this.chosen = [row, tile];
    this.frame();
    this.emit("press", { row, tile });
  }
}
