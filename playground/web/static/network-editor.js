// A small card beside a neuron or a weight: its formula, and one of its numbers to set by hand.

import { Formula, formula, incoming, neuronName, strongest } from "./network-formula.js";
import { NumberField } from "./number-field.js";
import { ICONS } from "./icons.js";
import { Paced } from "./paced.js";
import { portrait } from "./network-paint.js";

const PICTURE = 76;
const WRITTEN = 5; // terms of the formula
const BELIEF_MS = 4000; // how long the freeze button shows what was asked for before the run confirms it
const GAP = 12; // between the card and what it belongs to

const HTML = `
  <div class="np-card-title"><b></b><button type="button" class="np-card-close" aria-label="Close" title="Close (Enter)">${ICONS.close}</button></div>
  <div class="np-card-neuron"><canvas aria-hidden="true"></canvas></div>
  <p class="np-card-past" hidden>This is a moment of the past. <button type="button" title="Look at the run as it is now; its numbers can be set again.">Back to now</button></p>
  <div class="np-card-number"></div>
  <p class="np-card-keys"><kbd>↑</kbd> <kbd>↓</kbd> ±0.1 · <kbd>Shift</kbd> ±1 · <kbd>Alt</kbd> ±0.01 · <kbd>Esc</kbd> takes it back</p>
  <div class="np-card-acts">
    <button type="button" data-act="silence" title="The neuron answers 0 to everything, in training too. Press again to bring it back.">${ICONS.silence}Silence neuron</button>
    <button type="button" data-act="freeze" title="The weights and biases of this layer stay as they are while the others learn. You can still set them by hand.">${ICONS.frost}Freeze layer</button>
  </div>`;

export class Editor {
  /** @param {{control, freeze, now, changed, closed}} actions control(op, value), freeze(path, on), now(): look at the
   * present; changed(): show() is to be called at once; closed(place): the place that it had the focus for, or null. */
  constructor(root, actions) {
    this.actions = actions;
    this.target = null; // {path, unit, input}: input null = the bias
    this.node = document.createElement("div");
    this.node.className = "np-card";
    this.node.popover = "manual"; // over everything, and yet in its place for Tab
    this.node.setAttribute("role", "dialog");
    this.node.innerHTML = HTML;
    root.append(this.node);
    const find = (place) => this.node.querySelector(place);
    this.title = find(".np-card-title b");
    this.canvas = find("canvas");
    this.past = find(".np-card-past");
    this.silence = find('[data-act="silence"]');
    this.freeze = find('[data-act="freeze"]');
    this.formula = new Formula((input) => this.#turnTo(input));
    find(".np-card-neuron").append(this.formula.node);
    this.field = new NumberField((value) => this.#set(value));
    find(".np-card-number").append(this.field.node);
    this.paced = new Paced((value) => this.actions.control("weight", value));
    this.silence.onclick = () => this.#toggleSilence();
    this.freeze.onclick = () => this.#toggleFreeze();
    find(".np-card-close").onclick = () => this.close();
    find(".np-card-past button").onclick = () => this.actions.now();
    this.node.addEventListener("keydown", (event) => this.#key(event));
    this.replace = () => this.#place();
  }

  get isOpen() {
    return this.target !== null;
  }

  /**
   * Open on one number: of unit `unit` of column `column`, its weight from unit `input` of the column before, or its
   * bias where that is null. `scene` = what there is, `anchor()` = the box on the page it belongs to now; `typing` =
   * whether to put the cursor into the number (not where that calls up a keyboard over half of the screen).
   */
  open({ column, unit, input }, { scene, theme, status, anchor, typing }) {
    this.paced.flush();
    const bias = scene.bias(column, unit);
    const first = incoming(scene, column, unit)[0]?.unit ?? null;
    this.target = { path: scene.base.columns[column].path, unit, input: input === null && bias === null ? first : input };
    this.anchor = anchor;
    this.typing = typing;
    this.written = null;
    if (!this.node.matches(":popover-open")) {
      this.node.showPopover();
      for (const name of ["scroll", "resize"]) addEventListener(name, this.replace, { capture: true, passive: true });
    }
    this.show({ scene, theme, status });
    if (!this.isOpen) return;
    this.#begin();
    this.#place();
    if (typing) this.field.focus();
    else this.field.focusSlider();
  }

  /** What is edited now, as the scene has it: {column, unit, input}; null where that is gone. */
  place(scene) {
    if (!this.target) return null;
    const { path, unit, input } = this.target;
    const column = scene.base.columns.findIndex((about, c) => c > 0 && String(about.path) === String(path));
    if (column < 0 || unit >= scene.base.columns[column].shown) return null;
    const number = input === null ? scene.bias(column, unit) : incoming(scene, column, unit).find((one) => one.unit === input)?.weight;
    return number === undefined || number === null ? null : { column, unit, input, number };
  }

  /** What a new frame says. */
  show({ scene, theme, status }) {
    const place = this.place(scene);
    if (!place) return this.close();
    const { column, unit, input, number } = place;
    this.shown = place;
    const about = scene.base.columns[column];
    this.written ??= strongest(incoming(scene, column, unit), WRITTEN, input); // and these they stay: nothing jumps
    this.live = number;
    const parts = formula(scene, column, unit, this.written);
    this.formula.show(parts, input);
    const chosen = parts.terms.find((term) => term.unit === input);
    const what = input === null ? "Bias" : `Weight from ${chosen.name}`;
    this.title.textContent = neuronName(about, unit);
    this.title.title = this.title.textContent;
    this.node.setAttribute("aria-label", `${this.title.textContent}: ${what}`);
    this.field.show(what, number);
    portrait(this.canvas, scene.picture(column, { unit, feature: null }), PICTURE, theme);
    this.#stand(scene, column, unit, status);
  }

  #stand(scene, column, unit, status) {
    const past = (status?.at ?? null) !== null;
    this.past.hidden = !past;
    this.field.disabled = this.silence.disabled = this.freeze.disabled = past;
    this.silenced = scene.isSilenced(column, unit);
    this.silence.setAttribute("aria-pressed", String(this.silenced));
    this.node.classList.toggle("np-silenced", this.silenced);
    const frozen = scene.isFrozen(column);
    if (this.belief && (this.belief.on === frozen || performance.now() > this.belief.until)) this.belief = null;
    this.frozen = this.belief?.on ?? frozen;
    this.freeze.setAttribute("aria-pressed", String(this.frozen));
  }

  // -- the number -----------------------------------------------------------------------------------------------------

  /** From here on Escape leads back to what is there now. */
  #begin() {
    this.before = this.live;
    this.changed = false;
    this.field.begin(this.live);
  }

  #turnTo(input) {
    this.paced.flush();
    this.target = { ...this.target, input };
    if (input !== null) this.written.add(input);
    this.actions.changed(); // draws all anew, and so shows this number
    this.#begin();
    this.field.focus();
  }

  #set(value) {
    this.changed = true;
    this.paced.give({ ...this.target, value });
  }

  #key(event) {
    if (event.key === "Escape") {
      if (this.changed) this.#set(this.before);
      this.close();
    } else if (event.key === "Enter" && this.field.has(event.target)) this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // -- the neuron and its layer ---------------------------------------------------------------------------------------

  #toggleSilence() {
    const { path, unit } = this.target;
    this.actions.control("silence", { path, unit, on: !this.silenced });
  }

  #toggleFreeze() {
    const on = !this.frozen;
    this.belief = { on, until: performance.now() + BELIEF_MS };
    this.freeze.setAttribute("aria-pressed", String(on));
    this.frozen = on;
    this.actions.freeze(this.target.path, on);
  }

  // -- where it stands ------------------------------------------------------------------------------------------------

  /** To the left of what it belongs to, where there is room: to the right is what follows from it, and the boundary. */
  #place() {
    const box = this.anchor();
    const { width, height } = this.node.getBoundingClientRect();
    const left = box.left - GAP - width;
    const x = Math.max(6, Math.min(left >= 6 ? left : box.right + GAP, innerWidth - width - 6));
    const y = Math.max(6, Math.min(innerHeight - height - 6, (box.top + box.bottom - height) / 2));
    this.node.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }

  /** Done with it; the last value is sent. */
  close() {
    if (!this.target) return;
    this.paced.flush();
    const had = this.typing && this.node.contains(document.activeElement); // a finger leaves nothing behind
    this.target = this.belief = null;
    for (const name of ["scroll", "resize"]) removeEventListener(name, this.replace, { capture: true });
    this.node.hidePopover();
    this.actions.closed(had ? this.shown : null);
  }

  destroy() {
    if (this.isOpen) this.paced.flush();
    for (const name of ["scroll", "resize"]) removeEventListener(name, this.replace, { capture: true });
    this.node.remove();
  }
}
