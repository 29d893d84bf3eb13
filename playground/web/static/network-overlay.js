// The parts of the network diagram that a person can read, press and reach by keyboard: plain HTML over the canvas.

import { ICONS } from "./icons.js";
import { keyed } from "./keyed.js";

const FORGET_MS = 4000; // a wish the page did not grant in this time is no longer shown

export class Overlay {
  /** @param {{edit, open, focus, blur}} actions edit(change), open(column, row index, event): set its numbers by hand,
   * focus(column, row index), blur(). */
  constructor(root, actions) {
    this.root = root;
    this.actions = actions;
    this.wishes = new Map(); // edits under way: what was asked for, shown until the new network comes
    this.current = { column: 0, row: 0 }; // the one tile that Tab reaches; the arrow keys go on from there
    root.addEventListener("keydown", (event) => this.#arrows(event));
  }

  /** Show a network. Wishes that it grants are done with; the others may still be on their way. */
  show(base, layout) {
    for (const column of base.columns) {
      if (this.wishes.get(unitsKey(column)) === column.units) this.wishes.delete(unitsKey(column));
      for (const feature of column.features ?? []) {
        if (this.wishes.get(featureKey(feature)) === feature.on) this.wishes.delete(featureKey(feature));
      }
    }
    this.base = base;
    this.layout = layout;
    this.nodes = keyed(this.root);
    layout.columns.forEach((placed, c) => this.#column(base.columns[c], placed, c));
    this.nodes.finish();
    this.#rove();
    if (this.scene?.base === base) this.stand(this.scene);
  }

  #column(column, placed, c) {
    const { tile, pitch } = this.layout;
    const head = this.nodes.get(`head${c}`, "div", "np-net-head");
    const width = Math.max(tile, Math.min(pitch - 6, 150));
    place(head, placed.x + tile / 2 - width / 2, 0, width);
    this.#title(head, column, width);
    this.#units(head, column);
    placed.rows.forEach((row, r) => this.#tile(column, row, c, r));
    if (placed.more) {
      const more = this.nodes.get(`more${c}`, "div", "np-net-more");
      more.textContent = `+${placed.more.count} more`;
      place(more, placed.x + tile / 2 - 40, placed.more.y, 80);
    }
  }

  #units(head, column) {
    const wanted = this.wishes.get(unitsKey(column)) ?? column.units;
    const editable = column.kind === "hidden" && column.editable !== false;
    let row = head.querySelector(".np-net-units");
    if (!row) {
      row = document.createElement("div");
      row.className = "np-net-units";
      row.innerHTML = '<button type="button" class="np-step">−</button><span></span><button type="button" class="np-step">+</button>';
      head.append(row);
    }
    const [less, more] = row.querySelectorAll("button");
    row.querySelector("span").textContent = editable ? wanted : unitsText(column);
    less.hidden = more.hidden = !editable;
    if (!editable) return;
    less.disabled = wanted <= 1;
    label(less, `One unit fewer in ${column.label}`);
    label(more, `One unit more in ${column.label}`);
    less.onclick = () => this.#resize(column, -1);
    more.onclick = () => this.#resize(column, 1);
  }

  /** The column's name; where its layer is frozen a snowflake beside it, which, pressed, lets it learn again. */
  #title(head, column, width) {
    let row = head.querySelector(".np-net-titles");
    if (!row) {
      row = document.createElement("div");
      row.className = "np-net-titles";
      row.innerHTML = `<button type="button" class="np-frost">${ICONS.frost}</button>`;
      head.append(row);
    }
    const title = keyedText(row, "np-net-title", column.label.length * 7.2 < width ? column.label : shortLabel(column));
    title.title = column.label;
    const frost = row.querySelector("button");
    label(frost, `${column.label} is frozen: its weights do not learn. Press to let it learn again.`);
    frost.onclick = () => this.freeze(column.path, false);
  }

  /** Ask for a layer to keep its weights while the others learn, or to learn again; shown as if it were so. */
  freeze(path, on) {
    this.actions.edit({ op: "frozen", path, on });
    this.#wish(frostKey({ path }), on);
  }

  /** What a person did to the run: layers that are frozen, neurons that are silenced. */
  stand(scene) {
    this.scene = scene;
    this.layout.columns.forEach(({ rows }, c) => {
      const key = frostKey(this.base.columns[c]);
      if (this.wishes.get(key) === scene.isFrozen(c)) this.wishes.delete(key);
      this.nodes.find(`head${c}`).classList.toggle("np-frozen", this.wishes.get(key) ?? scene.isFrozen(c));
      rows.forEach(({ unit, feature }, r) => {
        if (feature || this.base.columns[c].kind === "inputs") return;
        const said = scene.isSilenced(c, unit) ? ", silenced" : "";
        const name = tileName(this.base.columns[c], unit) + said;
        const tile = this.nodes.find(`tile${c}.${r}`);
        if (tile.ariaLabel !== name) label(tile, name, false);
      });
    });
  }

  #resize(column, delta) {
    const units = (this.wishes.get(unitsKey(column)) ?? column.units) + delta;
    if (units < 1) return;
    this.#wish(unitsKey(column), units);
    this.actions.edit({ op: "units", path: column.path, delta, units });
  }

  #tile(column, row, c, r) {
    const { tile } = this.layout;
    const button = this.nodes.get(`tile${c}.${r}`, "button", "np-net-tile");
    button.type = "button";
    place(button, row.x, row.y, tile);
    button.style.height = `${tile}px`;
    button.onfocus = () => this.#focus(c, r);
    button.onpointerenter = () => this.actions.focus(c, r);
    button.onblur = button.onpointerleave = () => this.actions.blur();
    const name = row.feature?.title ?? column.names?.[row.unit];
    if (row.feature) this.#feature(button, column, row.feature);
    else {
      const opens = column.kind !== "inputs";
      button.onclick = opens ? (event) => this.actions.open(c, r, event) : null;
      if (opens) button.setAttribute("aria-haspopup", "dialog");
      else button.removeAttribute("aria-haspopup");
      button.removeAttribute("aria-pressed");
      label(button, tileName(column, row.unit), false);
    }
    if (column.kind !== "hidden" && name !== undefined) this.#name(column, row, c, r, name);
  }

  #name(column, row, c, r, name) {
    const { tile } = this.layout;
    const text = this.nodes.get(`name${c}.${r}`, "div", "np-net-name");
    text.textContent = name;
    const first = column.kind === "inputs";
    text.classList.toggle("np-left", first);
    text.classList.toggle("np-off", row.unit === null);
    text.title = name;
    const room = (first ? this.layout.left : this.layout.right) - 6;
    place(text, first ? row.x - 6 - room : row.x + tile + 6, row.y + tile / 2 - 9, room);
  }

  #feature(button, column, feature) {
    const on = this.#isOn(feature);
    button.setAttribute("aria-pressed", String(on));
    button.classList.toggle("np-wish", on !== feature.on);
    label(button, `Input ${feature.title}: ${on ? "on" : "off"}. Press to switch it ${on ? "off" : "on"}.`, false);
    button.onclick = () => {
      const others = column.features.filter((other) => other !== feature && this.#isOn(other));
      if (this.#isOn(feature) && others.length === 0) return; // a network needs something to look at
      const now = !this.#isOn(feature);
      this.#wish(featureKey(feature), now);
      const features = column.features.filter((each) => this.#isOn(each)).map(({ name }) => name);
      this.actions.edit({ op: "feature", name: feature.name, on: now, features });
    };
  }

  #isOn(feature) {
    return this.wishes.get(featureKey(feature)) ?? feature.on;
  }

  #wish(key, value) {
    this.wishes.set(key, value);
    clearTimeout(this.forgetting);
    this.forgetting = setTimeout(() => this.forget(), FORGET_MS);
    this.show(this.base, this.layout);
  }

  /** Nothing is on its way any more: show what is. */
  forget() {
    clearTimeout(this.forgetting);
    this.wishes.clear();
    if (this.base) this.show(this.base, this.layout);
  }

  // -- the keyboard: one stop for Tab, arrows from tile to tile --------------------------------------------------------

  #focus(column, row) {
    this.current = { column, row };
    this.#rove();
    this.actions.focus(column, row);
  }

  #rove() {
    const { columns } = this.layout;
    const column = Math.min(this.current.column, columns.length - 1);
    const row = Math.min(this.current.row, columns[column].rows.length - 1);
    for (const tile of this.root.querySelectorAll(".np-net-tile")) tile.tabIndex = -1;
    const current = this.nodes.find(`tile${column}.${row}`);
    if (current) current.tabIndex = 0;
  }

  #arrows(event) {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!move || event.shiftKey || !event.target.classList.contains("np-net-tile")) return;
    const { columns } = this.layout;
    const column = Math.max(0, Math.min(columns.length - 1, this.current.column + move[0]));
    const row = Math.max(0, Math.min(columns[column].rows.length - 1, this.current.row + move[1]));
    event.preventDefault();
    event.stopPropagation();
    this.nodes.find(`tile${column}.${row}`)?.focus();
  }

  /** Put the focus on a tile. */
  reach(column, row) {
    this.nodes.find(`tile${column}.${row}`)?.focus({ preventScroll: true });
  }

  destroy() {
    clearTimeout(this.forgetting);
  }
}

const unitsKey = ({ path }) => `units ${path}`;
const frostKey = ({ path }) => `frozen ${path}`;
const featureKey = ({ name }) => `feature ${name}`;

function tileName(column, unit) {
  return `${column.label}, ${column.names?.[unit] ?? `unit ${unit + 1}`}`;
}

/** What a narrow column is called: its activation; the number of units stands below anyway. */
function shortLabel({ label: text, kind }) {
  const [first, ...rest] = text.split(" · ");
  return kind === "hidden" && rest.length ? rest.join(" · ") : first;
}

function unitsText({ units, kind, features }) {
  const word = kind === "inputs" ? (features ? "feature" : "input") : "output";
  return `${units} ${word}${units === 1 ? "" : "s"}`;
}

function keyedText(parent, className, text) {
  let node = parent.querySelector(`.${className}`);
  if (!node) {
    node = document.createElement("div");
    node.className = className;
    parent.append(node);
  }
  if (node.textContent !== text) node.textContent = text;
  return node;
}

function label(node, text, tip = true) {
  node.setAttribute("aria-label", text);
  if (tip) node.title = text;
}

function place(node, left, top, width) {
  node.style.transform = `translate(${left}px, ${top}px)`;
  node.style.width = `${width}px`;
}
