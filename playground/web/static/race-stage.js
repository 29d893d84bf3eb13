// A race on the screen: in three dimensions, from above, as curves and as a table, all played by one clock.
//
// It knows no server: a page gives it what a job has found (race-view.js), a file that was taken away what is in it.

import { unpackAll } from "./arrays.js";
import { Course, Ground } from "./race-course.js";
import { RaceCurves } from "./race-curves.js";
import { RaceMap } from "./race-map.js";
import { RacePlayer } from "./race-player.js";
import { RaceScene } from "./race-scene.js";
import { RaceTable } from "./race-table.js";

const HTML = `
  <div class="np-race-solid"></div>
  <div class="np-race-above"></div>
  <div class="np-race-player"></div>
  <div class="np-race-curves"></div>
  <div class="np-race-side">
    <div class="np-race-table"></div>
    <div class="np-race-told"></div>
  </div>`;

const SLOW_MS = 40;

export class RaceStage {
  /**
   * @param {HTMLElement} root
   * @param {() => Promise<object>} plotly Plotly, once it is here
   * @param {(x: number, y: number) => void} choose called with a new start, where one can be chosen
   */
  constructor(root, plotly, choose = () => {}) {
    root.setAttribute("role", "group");
    root.innerHTML = HTML;
    const part = (name) => root.querySelector(`.np-race-${name}`);
    part("solid").setAttribute("role", "figure");
    part("solid").setAttribute("aria-label", "The race in three dimensions");
    this.root = root;
    this.plotly = plotly;
    this.told = part("told");
    this.scene = new RaceScene(part("solid"));
    this.map = new RaceMap(part("above"), choose);
    this.curves = new RaceCurves(part("curves"));
    this.table = new RaceTable(part("table"));
    this.player = new RacePlayer(part("player"), (at) => this.show(at));
    this.course = this.base = this.shownGround = this.seen = null;
    this.drawing = Promise.resolve();
  }

  /** Who races. */
  field(racers) {
    this.racers = racers;
    this.table.racers(racers);
    this.colours = racers.map(({ colour }) => colour);
  }

  /** Where they race, as it travels; null where a race brings its own ground. pick: whether a start can be chosen. */
  on(ground, pick) {
    this.base = ground ? new Ground(unpackAll(ground)) : null;
    this.pick = Boolean(pick);
  }

  /** Nothing is known of the race that comes next. */
  forget() {
    this.course = this.seen = null;
    this.player.clear();
  }

  /** A result, as it travels: the curves so far, or the whole race. working: more of it is to come. */
  take(race, working) {
    const { ground, seen, ...course } = unpackAll(race);
    const placed = this.course?.placed ?? false;
    this.seen = seen ?? null;
    this.course = new Course(course, ground ? new Ground(ground) : this.base);
    this.draw();
    if (!this.course.placed) this.player.follow(this.course.last, this.#range().step);
    else this.player.load({ ...this.#range(), open: working && !ground, again: !placed });
  }

  /** No more is to come. */
  ended() {
    if (this.course) this.player.load({ ...this.#range(), open: false });
  }

  #range() {
    const { course } = this;
    return { last: course.last, step: (at) => course.step(at) };
  }

  /** What is to be said of the plane, and `hint`. */
  summary(hint) {
    if (this.seen === null) return hint;
    return `${Math.round(100 * this.seen)} % of the racers' squared distance from the start lies in this plane; balls are at its points nearest to their weights. ${hint}`;
  }

  // -- drawing --------------------------------------------------------------------------------------------------------

  /** Draw what stands still where it changed, then what moves. One drawing at a time. */
  draw(theme = this.theme) {
    this.theme = theme;
    this.drawing = this.drawing.then(() => this.#redraw()).catch((error) => {
      this.root.dataset.failure = `${error.message}.`;
      throw error;
    });
  }

  async #redraw() {
    if (this.destroyed || !this.root.clientWidth || !this.racers || !this.theme) return;
    const Plotly = await this.plotly();
    const ground = this.course?.ground ?? this.base;
    const look = JSON.stringify([this.theme, this.root.clientWidth, this.root.clientHeight, this.colours]);
    if (ground && (ground !== this.shownGround || look !== this.shownLook)) {
      await this.scene.ground(Plotly, ground, this.racers, this.theme);
      await this.map.ground(Plotly, ground, this.theme, this.pick);
      this.shownGround = ground;
    }
    if (this.course && (this.course !== this.shownCourse || look !== this.shownLook)) {
      await this.curves.axes(Plotly, this.course, this.theme);
      this.shownCourse = this.course;
    }
    this.shownLook = look;
    this.root.dataset.ground = String(Boolean(ground));
    this.root.dataset.course = String(Boolean(this.course));
    this.root.dataset.ready = "true";
    this.show(this.player.at);
  }

  /** Everybody where they are at a moment. */
  show(at) {
    const { course } = this;
    this.table.show(course, at);
    this.map.show(course, this.colours, at);
    if (!course) {
      this.curves.clear();
      if (globalThis.Plotly) this.scene.clear(globalThis.Plotly);
      return;
    }
    if (course === this.shownCourse) this.curves.show(course, this.colours, at);
    if (globalThis.Plotly && course.ground === this.shownGround) this.#showScene(course, at);
  }

  /** Without a graphics card a picture in three dimensions takes long: while it plays the rest then gets its share. */
  #showScene(course, at) {
    const now = performance.now();
    if (this.player.playing && now < this.sceneDue) return;
    this.scene.show(globalThis.Plotly, course, at);
    this.sceneDue = Infinity;
    requestAnimationFrame(() => {
      const took = performance.now() - now;
      this.sceneDue = performance.now() + (took > SLOW_MS ? 1.5 * took : 0);
    });
  }

  /** Draw again in a moment: its size has changed. */
  resized() {
    cancelAnimationFrame(this.resizing);
    this.resizing = requestAnimationFrame(() => this.draw());
  }

  destroy() {
    this.destroyed = true;
    cancelAnimationFrame(this.resizing);
    this.player.destroy();
    this.map.destroy();
    for (const node of this.root.querySelectorAll(".np-race-solid, .np-race-plot")) globalThis.Plotly?.purge(node);
  }
}
