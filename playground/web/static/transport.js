// Play, pause, step, speed, the readouts and the timeline: everything that drives a run.

import { LiveComponent } from "./live-component.js";
import { ICONS } from "./icons.js";
import { listen, SHORTCUTS } from "./keyboard.js";
import { noticeFor } from "./notices.js";
import { Readouts } from "./readouts.js";
import { Timeline } from "./timeline.js";

const SPEEDS = [1, 2, 5, 10, 30, 100, 1000, null]; // steps a second; null = as fast as it goes
const BELIEF_MS = 1500; // how long a button shows what was asked for before the run confirms it
const REFUSAL_MS = 6000;
const ASK_MS = 3000;

const button = (name, icon, text, extra = "") =>
  `<button type="button" data-act="${name}" class="np-button ${extra}" aria-label="${text}" title="${text}">${ICONS[icon]}</button>`;

const HTML = `
  <div class="np-controls">
    <div class="np-buttons">
      ${button("reset", "reset", "Reset to the same initial weights (R)")}
      ${button("toggle", "play", "Play (space)", "np-primary")}
      ${button("step", "step", "One step (→ or .)")}
      ${button("epoch", "epoch", "One epoch (E)")}
      ${button("fresh", "dice", "New weights (N)")}
      <label class="np-speed" title="How many steps a second; max gathers speed, so that you see it learn, and then is as fast as it goes">
        <span>Speed</span>
        <select aria-label="Speed, in steps a second">
          ${SPEEDS.map((n) => `<option value="${n ?? ""}">${n === null ? "max" : `${n}/s`}</option>`).join("")}
        </select>
      </label>
    </div>
    <dl class="np-readouts"></dl>
  </div>
  <div class="np-timeline"></div>
  <div class="np-foot">
    <p class="np-notice" role="status" aria-live="polite"></p>
    <button type="button" class="np-badge" aria-expanded="false" hidden></button>
    <span class="np-link"><i></i><b></b></span>
    <button type="button" class="np-keys" data-act="help" aria-expanded="false" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)">?</button>
  </div>
  <p class="np-help np-why" role="status" hidden></p>
  <div class="np-help" hidden>
    <dl>${SHORTCUTS.map(({ keys, text }) => `<div><dt><kbd>${keys}</kbd></dt><dd>${text}</dd></div>`).join("")}</dl>
  </div>`;

const LINKS = {
  connecting: "connecting", open: "connected", waiting: "reconnecting", gone: "run is gone", refused: "refused",
};

export class Transport extends LiveComponent {
  constructor(root) {
    super(root);
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", "Training controls");
    root.innerHTML = HTML;
    this.play = root.querySelector('[data-act="toggle"]');
    this.speed = root.querySelector("select");
    this.notice = root.querySelector(".np-notice");
    this.help = root.querySelector("div.np-help");
    this.readouts = new Readouts(root);
    this.timeline = new Timeline(root.querySelector(".np-timeline"), {
      seek: (step) => this.connection?.seek(step),
      rewind: (step) => this.#rewind(step),
    });
    this.belief = null; // {playing, until}: what was asked for and not confirmed yet
    this.status = null;
    root.addEventListener("click", (event) => this.#clicked(event));
    this.speed.addEventListener("change", () => {
      this.connection?.control("speed", this.speed.value === "" ? null : Number(this.speed.value));
      this.speedUntil = performance.now() + BELIEF_MS;
    });
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.help.hidden) this.#toggleHelp();
    });
    this.unlisten = listen((action, forward) => this.act(action, forward));
  }

  left() {
    this.status = null;
    this.belief = null;
    this.timeline.sought(null);
  }

  sought(step) {
    this.timeline.sought(step);
  }

  draw({ status }) {
    if (!status) return;
    this.status = status;
    if (this.belief && (this.belief.playing === isPlaying(status) || performance.now() > this.belief.until)) this.belief = null;
    this.readouts.show(status);
    this.timeline.status(status);
    if (this.speed !== document.activeElement && !(performance.now() < this.speedUntil)) this.#showSpeed(status.speed);
    this.#render();
    this.root.dataset.ready = "true";
  }

  linked(link) {
    super.linked(link);
    this.#askForAnother(this.data.run_id);
    const badge = this.root.querySelector(".np-link");
    badge.querySelector("b").textContent = LINKS[link.state] ?? link.state;
    badge.title = `Live stream: ${LINKS[link.state] ?? link.state}`;
    this.#render();
  }

  /** A run that is gone needs another. Asked again until it comes: Streamlit drops what it hears while it reconnects. */
  #askForAnother(gone) {
    clearTimeout(this.asking);
    if (this.link.state !== "gone" || this.data.run_id !== gone) return;
    this.emit("gone", gone);
    this.asking = setTimeout(() => this.#askForAnother(gone), ASK_MS);
  }

  /** The server would not do it. */
  refused(text) {
    this.refusal = text;
    this.belief = null;
    clearTimeout(this.forgetting);
    this.forgetting = setTimeout(() => {
      this.refusal = null;
      this.#render();
    }, REFUSAL_MS);
    this.#render();
  }

  /** One of the buttons, or its key. */
  act(action, forward) {
    if (action === "help") return this.#toggleHelp();
    if (action === "scrub") return this.timeline.nudge(forward);
    if (action === "fresh") return this.#fresh();
    if (action === "toggle") return this.#toggle();
    this.timeline.seek(null);
    if (action === "reset") this.#believe(false);
    this.#flash(action);
    this.connection?.control(action);
    return undefined;
  }

  get playing() {
    return this.belief ? this.belief.playing : isPlaying(this.status);
  }

  #toggle() {
    const playing = !this.playing;
    if (playing) this.timeline.seek(null);
    if (this.link.state === "gone") this.emit("gone", this.data.run_id);
    else if (this.connection?.control(playing ? "play" : "pause")) this.#believe(playing);
  }

  #fresh() {
    this.timeline.seek(null);
    this.#flash("fresh");
    this.emit("new_weights", Date.now());
  }

  #rewind(step) {
    this.connection?.control("rewind", step);
    this.timeline.seek(null);
  }

  #believe(playing) {
    this.belief = { playing, until: performance.now() + BELIEF_MS };
    setTimeout(() => this.#render(), BELIEF_MS + 50);
    this.#render();
  }

  /** A press is seen at once, also when its effect is small. */
  #flash(action) {
    const node = this.root.querySelector(`[data-act="${action}"]`);
    node.classList.add("np-pressed");
    setTimeout(() => node.classList.remove("np-pressed"), 180);
  }

  #clicked(event) {
    const node = event.target.closest("[data-act]");
    if (!node) return;
    this.act(node.dataset.act);
    if (event.detail > 0) node.blur(); // after a mouse click the space bar means play, not this button again
  }

  #toggleHelp() {
    this.help.hidden = !this.help.hidden;
    this.root.querySelector(".np-keys").setAttribute("aria-expanded", String(!this.help.hidden));
  }

  #showSpeed(value) {
    if (value === undefined) return;
    const nearest = value === null ? null : SPEEDS.filter((n) => n !== null).reduce((a, b) => (Math.abs(b - value) < Math.abs(a - value) ? b : a));
    this.speed.value = nearest ?? "";
  }

  #render() {
    if (this.belief && performance.now() > this.belief.until) this.belief = null;
    const { playing } = this;
    if (this.play.dataset.playing !== String(playing)) {
      this.play.dataset.playing = String(playing);
      this.play.innerHTML = playing ? ICONS.pause : ICONS.play;
      this.play.title = playing ? "Pause (space)" : "Play (space)";
      this.play.setAttribute("aria-label", this.play.title);
    }
    this.root.dataset.state = this.status?.state ?? "";
    const { level, text } = noticeFor(this.link, this.status, this.refusal);
    if (this.notice.textContent !== text) this.notice.textContent = text;
    this.notice.dataset.level = level;
    this.notice.title = text;
  }

  destroy() {
    this.unlisten();
    clearTimeout(this.forgetting);
    clearTimeout(this.asking);
    super.destroy();
  }
}

function isPlaying(status) {
  return status?.state === "playing";
}
