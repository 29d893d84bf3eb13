// The runs that are compared, a column each: a picture, the numbers, only what differs, and what can be done with them.

import { element, say } from "./elements.js";
import { epochs, loss, metric } from "./format.js";
import { ICONS } from "./icons.js";

const STATES = { ready: "not trained", playing: "training", paused: "paused", finished: "finished", diverged: "diverged", lost: "stopped by an error" };
const ACTIONS = [
  ["continue", ICONS.play, "Continue", "Trains this run on from where it was left: the controls above are then its own"],
  ["fork", ICONS.fork, "Fork", "Begins another run from this one's weights, and leaves this one as it is"],
  ["open", ICONS.open, "Open", "Opens this run in the Playground, just as it is"],
];

export class RunsBoard {
  /** @param {HTMLElement} root
   *  @param {{act: (event: object) => void, point: (id: string | null) => void}} listener point: the run that is pointed at */
  constructor(root, listener) {
    this.root = root;
    this.listener = listener;
    root.addEventListener("pointerover", (event) => listener.point(event.target.closest("[data-run]")?.dataset.run ?? null));
    root.addEventListener("pointerleave", () => listener.point(null));
    root.addEventListener("focusin", (event) => listener.point(event.target.closest("[data-run]")?.dataset.run ?? null));
    root.addEventListener("focusout", () => listener.point(null));
    this.portraits = {};
  }

  /** runs: those that are compared, with their colours; contrast: [{label, values}]; comparable: whether their losses are
   *  of one kind. */
  update({ runs, contrast, comparable }) {
    Object.assign(this, { runs, comparable });
    const key = JSON.stringify([runs.map(({ id, label, title, colour }) => [id, label, title, colour]), contrast]);
    if (key !== this.key) {
      this.key = key;
      this.#build(contrast);
    }
    this.#fill();
  }

  /** New pictures: {id: {image} or {problem}}. */
  portray(portraits) {
    Object.assign(this.portraits, portraits);
    this.#fill();
  }

  #build(contrast) {
    const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const table = document.createElement("table");
    table.createCaption().textContent = "The runs that are compared, a column each";
    const head = table.createTHead().insertRow();
    head.append(element("td"));
    for (const run of this.runs) head.append(this.#heading(run));
    const body = table.createTBody();
    for (const { label, values } of contrast) {
      const row = this.#row(body, label, "np-runs-contrast", (_run, place) => element("span", values[place] ? "" : "np-runs-without", values[place] || "–"));
      row.forEach((cell, place) => (cell.parentElement.title = values[place]));
    }
    if (!contrast.length) this.#hint(body);
    this.faces = this.#row(body, "", "np-runs-faces", () => this.#face(), "what it answers");
    this.numbers = ["test loss", "train loss", "", "epochs"].map((label) => this.#row(body, label, "np-runs-number", () => element("span")));
    this.goes = this.#row(table.createTFoot(), "", "np-runs-acts", (run) => this.#acts(run), "what to do");
    this.root.replaceChildren(table);
    if (focused) [...table.querySelectorAll("[data-key]")].find(({ dataset }) => dataset.key === focused)?.focus({ preventScroll: true });
  }

  #heading(run) {
    const cell = Object.assign(document.createElement("th"), { scope: "col" });
    cell.dataset.run = run.id;
    cell.title = run.title;
    cell.style.setProperty("--np-run", run.colour);
    const name = element("span", "np-runs-title", run.label);
    const close = Object.assign(element("button", "np-run-small"), { type: "button", innerHTML: ICONS.close, title: "Compare this run no more" });
    close.setAttribute("aria-label", `Compare ${run.label} no more`);
    close.dataset.key = `close ${run.id}`;
    close.addEventListener("click", () => this.listener.act({ op: "pin", ids: this.runs.map(({ id }) => id).filter((id) => id !== run.id) }));
    cell.append(name, close);
    return cell;
  }

  #row(body, label, className, make, hidden = "") {
    const row = body.insertRow();
    row.className = className;
    row.append(hidden ? element("th", "np-runs-hidden", hidden) : element("th", "", label));
    row.firstChild.scope = "row";
    return this.runs.map((run, place) => {
      const cell = row.insertCell();
      cell.dataset.run = run.id;
      const inside = make(run, place);
      cell.append(inside);
      return inside;
    });
  }

  #hint(body) {
    const row = body.insertRow();
    row.className = "np-runs-same";
    const cell = row.insertCell();
    cell.colSpan = this.runs.length + 1;
    cell.textContent = this.runs.length === 1 ? "Press another run on the left to see only what differs." : "Nothing differs: they are the same experiment.";
  }

  /** A press on a picture enlarges all of them, for a lecture hall. */
  #face() {
    const node = Object.assign(element("button", "np-run-face"), { type: "button", title: "Larger pictures, or smaller ones again" });
    node.addEventListener("click", () => {
      const { dataset } = this.root;
      dataset.large = String(dataset.large !== "true");
      node.scrollIntoView({ block: "nearest" });
    });
    return node;
  }

  #acts(run) {
    const box = element("div", "np-runs-buttons");
    for (const [op, icon, text, tip] of ACTIONS) {
      const button = Object.assign(element("button", `np-runs-act np-runs-${op}`), { type: "button", innerHTML: `${icon}<span>${text}</span>`, title: tip });
      button.setAttribute("aria-label", `${text}: ${run.label}`);
      button.dataset.key = `${op} ${run.id}`;
      button.addEventListener("click", () => this.listener.act({ op, id: run.id, pinned: this.runs.map(({ id }) => id) }));
      box.append(button);
    }
    return box;
  }

  // -- what moves -----------------------------------------------------------------------------------------------------

  #fill() {
    if (!this.runs?.length || !this.faces) return;
    const metrics = [...new Set(this.runs.map((run) => run.metric).filter(Boolean))];
    const [test, train, score, time] = this.numbers;
    put(test, this.runs.map((run) => loss(run.test_loss)), this.comparable && best(this.runs.map((run) => run.test_loss), -1));
    put(train, this.runs.map((run) => loss(run.train_loss)), this.comparable && best(this.runs.map((run) => run.train_loss), -1));
    put(score, this.runs.map((run) => metric(run.metric, run.test_metric)), metrics.length === 1 && best(this.runs.map((run) => run.test_metric), 1));
    label(score, metrics.length ? `test ${metrics.join(" / ")}` : "");
    put(time, this.runs.map(({ epoch, state, here }) => `${epochs(epoch)}, ${STATES[state] ?? state}${here ? " (above)" : ""}`));
    this.runs.forEach((run, place) => {
      time[place].parentElement.dataset.state = run.state;
      say(this.goes[place].querySelector(".np-runs-continue span"), run.state === "playing" ? "Watch" : "Continue");
      face(this.faces[place], this.portraits[run.id], run);
    });
  }
}

function face(node, portrait, run) {
  const { image, problem } = portrait ?? {};
  node.setAttribute("aria-label", problem || `What ${run.label} answers everywhere`);
  if (problem) {
    node.replaceChildren(element("p", "", problem));
    return;
  }
  if (!image) return;
  let picture = node.querySelector("img");
  if (!picture) {
    picture = document.createElement("img");
    picture.draggable = false;
    node.replaceChildren(picture);
  }
  picture.alt = ""; // the button says what it is
  if (picture.src !== image) picture.src = image;
}

function put(cells, texts, marked = false) {
  cells.forEach((cell, place) => {
    say(cell, texts[place]);
    cell.parentElement.dataset.best = String(place === marked);
  });
}

function label(cells, text) {
  if (cells[0]) say(cells[0].closest("tr").firstChild, text);
}

/** The place of the one that is ahead of all others (sign -1: the least); false where none is, or there is but one. */
export function best(values, sign) {
  const known = values.map((value) => (Number.isFinite(value) ? sign * value : -Infinity));
  const most = Math.max(...known);
  const ahead = known.filter((value) => value === most).length === 1 && known.filter(Number.isFinite).length > 1;
  return ahead ? known.indexOf(most) : false;
}
