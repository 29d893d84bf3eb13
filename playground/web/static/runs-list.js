// A person's runs: searched, filtered, and pressed to be compared; with a star, another name, and a way out for each.

import { element, say } from "./elements.js";
import { epochs, loss } from "./format.js";
import { ICONS } from "./icons.js";
import { keyed } from "./keyed.js";

const HTML = `
  <div class="np-runs-find">
    <input type="search" placeholder="Search" aria-label="Search your runs" title="Finds runs by name, data, layers, optimizer and numbers of the recipe">
    <select aria-label="Which runs" title="Shows only some of your runs"></select>
  </div>
  <ul class="np-runs-list" aria-label="Your runs"></ul>
  <p class="np-runs-none" role="status"></p>
  <div class="np-runs-undo" role="status" hidden><span></span><button type="button" title="Have the deleted run back">Undo</button></div>`;

const ALL = "All runs";
const STARRED = "Starred";
const DELETED = "Deleted";
const STATES = { playing: "training", diverged: "diverged", finished: "finished", lost: "stopped by an error" };

const kept = { text: "", filter: ALL }; // over visits of other pages

export class RunsList {
  /** @param {HTMLElement} root @param {(event: object) => void} act what a person wants, {op, id, ...} */
  constructor(root, act) {
    this.act = act;
    root.innerHTML = HTML;
    this.root = root;
    this.search = root.querySelector("input");
    this.select = root.querySelector("select");
    this.list = root.querySelector("ul");
    this.none = root.querySelector(".np-runs-none");
    this.undo = root.querySelector(".np-runs-undo");
    this.search.value = kept.text;
    this.search.addEventListener("input", () => {
      kept.text = this.search.value;
      this.#render();
    });
    this.select.addEventListener("change", () => {
      kept.filter = this.select.value;
      this.#render();
    });
    this.undo.querySelector("button").addEventListener("click", () => this.act({ op: "restore", id: this.deleted.id }));
    this.list.addEventListener("keydown", (event) => this.#moved(event));
    this.rows = keyed(this.list);
  }

  /**
   * runs: newest first; pinned: ids in order; colours: of those; deleted: {id, name} of what was deleted last; restorable:
   * all that can be had back.
   */
  update({ runs, pinned, colours, deleted, restorable = [], most }) {
    Object.assign(this, { runs, pinned, colours, deleted, restorable, most });
    this.#filters();
    this.undo.hidden = !deleted;
    if (deleted) say(this.undo.querySelector("span"), `Deleted ${deleted.name}.`);
    this.#render();
  }

  #filters() {
    const data = [...new Set(this.runs.map(({ data }) => data))].sort();
    const names = [ALL, STARRED, ...data, ...(this.restorable.length ? [DELETED] : [])];
    const key = names.join("\n");
    if (key === this.filterKey) return;
    this.filterKey = key;
    if (!names.includes(kept.filter)) kept.filter = ALL;
    this.select.replaceChildren(...names.map((name) => new Option(name, name, false, name === kept.filter)));
  }

  #shown() {
    const words = kept.text.toLowerCase().split(/\s+/).filter(Boolean);
    const all = kept.filter === ALL || kept.filter === DELETED;
    return (kept.filter === DELETED ? this.restorable : this.runs).filter((run) => {
      if (kept.filter === STARRED ? !run.starred : !all && run.data !== kept.filter) return false;
      const text = `${run.name} ${run.title} ${run.recipe} ${run.state}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }

  #render() {
    if (!this.runs) return;
    const shown = this.#shown();
    this.rows = keyed(this.list);
    shown.forEach((run, place) => {
      const row = this.rows.get(run.id, "li", "np-run");
      if (!row.firstChild) this.#build(row, run.id);
      this.#fill(row, run);
      if (this.list.children[place] !== row) this.list.insertBefore(row, this.list.children[place] ?? null);
    });
    this.rows.finish();
    const none = this.runs.length ? "No run is like this." : "";
    say(this.none, shown.length ? "" : none);
  }

  #build(row, id) {
    const press = Object.assign(element("button", "np-run-press"), { type: "button" });
    press.append(element("i"), element("span", "np-run-name"), element("span", "np-run-what"), element("span", "np-run-when"), element("span", "np-run-how"));
    press.addEventListener("click", () => this.#toggle(id));
    const small = (name, icon) => {
      const node = Object.assign(element("button", `np-run-small np-run-${name}`), { type: "button", innerHTML: icon });
      return node;
    };
    const star = small("star", ICONS.star);
    star.addEventListener("click", () => this.act({ op: "star", id, on: !this.#run(id).starred }));
    const rename = small("rename", ICONS.pen);
    rename.title = "Give this run a name";
    rename.addEventListener("click", () => this.#rename(row, id));
    const remove = small("delete", ICONS.clear);
    remove.title = "Delete this run; you can undo it";
    remove.addEventListener("click", () => this.act({ op: "delete", id }));
    row.append(press, rename, remove, star);
  }

  #run(id) {
    return this.runs.find((run) => run.id === id) ?? this.restorable.find((run) => run.id === id);
  }

  #fill(row, run) {
    const place = this.pinned.indexOf(run.id);
    const [press, rename, remove, star] = row.children;
    const [dot, name, what, when, how] = press.children;
    row.dataset.pinned = String(place >= 0);
    row.dataset.state = run.state;
    row.dataset.deleted = String(Boolean(run.deleted));
    row.style.setProperty("--np-run", place >= 0 ? this.colours[place] : "transparent");
    if (run.deleted) press.removeAttribute("aria-pressed");
    else press.setAttribute("aria-pressed", String(place >= 0));
    const full = place < 0 && this.pinned.length >= this.most;
    press.title = full ? `${this.most} runs are compared already: press one of them first` : `${run.title}\n${run.recipe}\n${place >= 0 ? "Press to compare it no more" : "Press to compare it"}`;
    dot.setAttribute("aria-hidden", "true");
    if (run.deleted) press.title = `${run.title}\n${run.recipe}\nPress to have it back`;
    say(name, run.name || run.title);
    say(what, run.recipe);
    say(when, STATES[run.state] ?? ago(run.updated));
    if (run.deleted) say(how, `deleted ${ago(run.deleted)} · press to have it back`);
    else say(how, `${run.forked ? "fork · " : ""}${epochs(run.epoch)} epochs · test loss ${loss(run.test_loss)}${run.here ? " · above" : ""}`);
    if (star.getAttribute("aria-pressed") !== String(run.starred)) star.innerHTML = run.starred ? ICONS.starred : ICONS.star;
    star.setAttribute("aria-pressed", String(run.starred));
    star.title = run.starred ? "Starred: stays when room is needed. Press to take the star away" : "Star this run: it stays when room is needed";
    for (const [node, verb] of [[star, "Star"], [rename, "Rename"], [remove, "Delete"]]) node.setAttribute("aria-label", `${verb} ${run.name || run.title}`);
  }

  #toggle(id) {
    if (this.#run(id)?.deleted) {
      this.act({ op: "restore", id });
      return;
    }
    const pinned = this.pinned.includes(id) ? this.pinned.filter((other) => other !== id) : [...this.pinned, id];
    if (pinned.length > this.most) return;
    this.pinned = pinned;
    this.#render();
    this.act({ op: "pin", ids: pinned });
  }

  #rename(row, id) {
    const run = this.#run(id);
    const field = Object.assign(document.createElement("input"), { className: "np-run-field", value: run.name || run.title, maxLength: 80 });
    field.setAttribute("aria-label", "Name of this run");
    let over = false;
    const end = (keep) => {
      if (over) return;
      over = true;
      field.remove();
      row.firstChild.focus();
      const name = field.value.trim();
      if (!keep || name === (run.name || run.title)) return;
      run.name = name;
      this.#render();
      this.act({ op: "rename", id, name });
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation(); // the page has shortcuts of its own
      if (!["Enter", "Escape"].includes(event.key)) return;
      event.preventDefault(); // the key is not the run's, which has the focus again
      end(event.key === "Enter");
    });
    field.addEventListener("blur", () => end(true));
    row.append(field);
    field.focus();
    field.select();
  }

  /** The arrow keys go from run to run. */
  #moved(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.classList.contains("np-run-press")) return;
    const all = [...this.list.querySelectorAll(".np-run-press")];
    const next = all[all.indexOf(event.target) + step];
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  }
}

/** How long ago a time (seconds since 1970) is, in words. */
export function ago(time, now = Date.now() / 1000) {
  const seconds = Math.max(0, now - time);
  if (seconds < 50) return "just now";
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  const date = new Date(time * 1000);
  const clock = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  if (new Date(now * 1000).toDateString() === date.toDateString()) return clock;
  return `${date.toLocaleDateString([], { day: "numeric", month: "short" })}, ${clock}`;
}
