// The clock of a race and its buttons: play, pause, step, scrub, speed. It knows moments, and nothing of what they show.

import { whole } from "./format.js";
import { ICONS } from "./icons.js";
import { prefersCalm } from "./theme.js";

const SECONDS = 9; // that a whole race takes at the speed of 1
const QUICKEST = 60; // moments a second at most, so that a short race can be followed
const SPEEDS = [0.25, 0.5, 1, 2, 4];
const NOTCHES = 1000;

const button = (name, icon, text, extra = "") =>
  `<button type="button" data-act="${name}" class="np-race-button ${extra}" aria-label="${text}" title="${text}">${icon}</button>`;

const BACK = ICONS.step.replace("<svg ", '<svg style="transform: scaleX(-1)" ');

const HTML = `
  ${button("start", ICONS.reset, "Back to the start")}
  ${button("back", BACK, "One step back")}
  ${button("toggle", ICONS.play, "Play", "np-race-play")}
  ${button("on", ICONS.step, "One step on")}
  <input type="range" min="0" max="${NOTCHES}" value="0" aria-label="Moment of the race: drag to see another one" title="Drag to another moment of the race">
  <output></output>
  <select aria-label="Speed" title="How fast the race is played">
    ${SPEEDS.map((speed) => `<option value="${speed}" ${speed === 1 ? "selected" : ""}>${speed}×</option>`).join("")}
  </select>`;

export class RacePlayer {
  /** @param {(at: number) => void} show called with the moment, also in between two, whenever it changes */
  constructor(root, show) {
    this.root = root;
    this.show = show;
    root.innerHTML = HTML;
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", "Player of the race");
    this.slider = root.querySelector("input");
    this.output = root.querySelector("output");
    this.speed = root.querySelector("select");
    this.at = 0;
    this.last = 0;
    root.addEventListener("click", (event) => this.#act(event.target.closest("[data-act]")?.dataset.act));
    this.slider.addEventListener("input", () => {
      const share = Number(this.slider.value) / NOTCHES; // before a pause shows where it was
      this.pause();
      this.#go(share * this.last);
    });
    this.slider.addEventListener("keydown", (event) => this.#pressed(event));
    this.#render();
  }

  /** Play another race, or the same one further than it was known. open: whether more of it is to come. */
  load({ last, step, open = false, again }) {
    const whole = this.open && !open; // from now on
    Object.assign(this, { last, step, open });
    if (again && !prefersCalm()) {
      this.#go(0);
      this.play();
    } else this.#go(prefersCalm() && !open && (again || whole) ? last : this.at);
  }

  /** Nothing to play yet. */
  clear() {
    this.pause();
    this.last = this.at = 0;
    this.open = false;
    this.#render();
  }

  /** Follow what grows: the last moment there is. */
  follow(last, step) {
    this.pause();
    Object.assign(this, { last, step });
    this.#go(last);
  }

  play() {
    if (this.at >= this.last && !this.open) this.at = 0;
    this.playing = true;
    this.before = null;
    this.frame ??= requestAnimationFrame((now) => this.#tick(now));
    this.#render();
  }

  pause() {
    this.playing = false;
    cancelAnimationFrame(this.frame);
    this.frame = null;
    this.#render();
  }

  #tick(now) {
    this.frame = requestAnimationFrame((next) => this.#tick(next));
    const passed = Math.min((now - (this.before ?? now)) / 1000, 0.25);
    this.before = now;
    const pace = Math.min(this.last / SECONDS, QUICKEST * 4) * Number(this.speed.value);
    const least = Math.min(8, this.last / 2) * Number(this.speed.value); // a race of ten steps is not over at once, nor slow
    this.#go(Math.min(this.last, this.at + Math.max(pace, least) * passed));
    if (this.at >= this.last && !this.open) this.pause();
  }

  #act(name) {
    if (!name || !this.last) return;
    if (name === "toggle") {
      if (this.playing) this.pause();
      else this.play();
      return;
    }
    this.pause();
    if (name === "start") this.#go(0);
    else this.#go(name === "on" ? Math.floor(this.at + 1) : Math.ceil(this.at - 1));
  }

  #pressed(event) {
    const move = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -this.last / 10, PageUp: this.last / 10 }[event.key];
    if (!move) return;
    event.preventDefault(); // a notch of the slider may be more or less than a moment
    event.stopPropagation();
    this.pause();
    this.#go(Math.round(this.at + move));
  }

  #go(at) {
    this.at = Math.max(0, Math.min(at, this.last));
    this.#render();
    this.show(this.at);
  }

  #render() {
    const { playing, last, at } = this;
    if (this.root.dataset.playing !== String(Boolean(playing))) {
      this.root.dataset.playing = String(Boolean(playing));
      const toggle = this.root.querySelector('[data-act="toggle"]');
      toggle.innerHTML = playing ? ICONS.pause : ICONS.play;
      toggle.title = playing ? "Pause" : "Play";
      toggle.setAttribute("aria-label", toggle.title);
    }
    for (const control of this.root.querySelectorAll("button, input")) control.disabled = !last;
    const share = last ? at / last : 0;
    this.slider.value = Math.round(share * NOTCHES);
    this.slider.style.setProperty("--np-share", share);
    const text = last ? `step ${whole(this.step(at))} of ${whole(this.step(last))}` : "";
    if (this.output.textContent !== text) this.output.textContent = text;
    this.slider.setAttribute("aria-valuetext", text);
  }

  destroy() {
    cancelAnimationFrame(this.frame);
  }
}
