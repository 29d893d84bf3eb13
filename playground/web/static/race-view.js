// A race of optimizers: in three dimensions, from above, as curves and as a table, all played by one clock.
//
// The server works the race out once (a job of its studio); everything that moves is moved here.

import { unpackAll } from "./arrays.js";
import { ToldJob } from "./job-told.js";
import { LiveComponent } from "./live-component.js";
import { plotly } from "./plotly.js";
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

export class RaceView extends LiveComponent {
  constructor(root) {
    super(root);
    root.setAttribute("role", "group");
    root.innerHTML = HTML;
    const part = (name) => root.querySelector(`.np-race-${name}`);
    part("solid").setAttribute("role", "figure");
    part("solid").setAttribute("aria-label", "The race in three dimensions");
    this.scene = new RaceScene(part("solid"));
    this.map = new RaceMap(part("above"), (x, y) => this.#chosen(x, y));
    this.curves = new RaceCurves(part("curves"));
    this.table = new RaceTable(part("table"));
    this.player = new RacePlayer(part("player"), (at) => this.#show(at));
    this.job = new ToldJob(this, part("told"), {
      progress: "How much of the race is worked out",
      stop: "Stop working the race out",
      take: (body, working) => this.#news(body, working),
      rest: () => this.#summary(),
    });
    this.course = this.base = this.shownGround = null;
    this.drawing = Promise.resolve();
  }

  updated(before) {
    const { data } = this;
    this.root.style.height = data.height;
    this.root.setAttribute("aria-label", data.label ?? "Race");
    this.table.racers(data.racers);
    this.colours = data.racers.map(({ colour }) => colour);
    if (JSON.stringify(data.ground) !== JSON.stringify(before.ground)) this.base = data.ground ? new Ground(unpackAll(data.ground)) : null;
    if (data.job !== before.job) this.#follow(data.job);
    this.#draw();
  }

  // -- the job --------------------------------------------------------------------------------------------------------

  #follow(id) {
    this.course = this.seen = null;
    this.player.clear();
    this.job.follow(id);
  }

  #news(body, working) {
    if (body) this.#take(JSON.parse(new TextDecoder().decode(body)), working);
    else if (!working && this.course) this.player.load({ ...this.#range(), open: false });
  }

  /** A result: the curves so far, or the whole race. */
  #take(race, working) {
    const { ground, seen, ...course } = unpackAll(race);
    const placed = this.course?.placed ?? false;
    this.seen = seen ?? null;
    const found = ground ? new Ground(ground) : this.base;
    this.course = new Course(course, found);
    this.#draw();
    if (!this.course.placed) this.player.follow(this.course.last, this.#range().step);
    else this.player.load({ ...this.#range(), open: working && !ground, again: !placed });
  }

  #range() {
    const { course } = this;
    return { last: course.last, step: (at) => course.step(at) };
  }

  #summary() {
    const hint = this.data.hint ?? "";
    if (this.seen === null || this.seen === undefined) return hint;
    return `${Math.round(100 * this.seen)} % of the racers' squared distance from the start lies in this plane; balls are at its points nearest to their weights. ${hint}`;
  }

  /** A press on the map: a new start. */
  #chosen(x, y) {
    this.job.stop();
    this.course = null;
    this.player.clear();
    this.job.begin();
    this.#show(0);
    this.emit("start", { x, y });
  }

  // -- drawing --------------------------------------------------------------------------------------------------------

  /** Draw what stands still where it changed, then what moves. One drawing at a time. */
  #draw() {
    this.drawing = this.drawing.then(() => this.#redraw()).catch((error) => {
      this.root.dataset.failure = `${error.message}.`;
      throw error;
    });
  }

  async #redraw() {
    if (this.destroyed || !this.root.clientWidth || !this.data.racers) return;
    const Plotly = await plotly();
    const ground = this.course?.ground ?? this.base;
    const look = JSON.stringify([this.theme, this.root.clientWidth, this.root.clientHeight, this.colours]);
    if (ground && (ground !== this.shownGround || look !== this.shownLook)) {
      await this.scene.ground(Plotly, ground, this.data.racers, this.theme);
      await this.map.ground(Plotly, ground, this.theme, Boolean(this.data.pick));
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
    this.#show(this.player.at);
  }

  #show(at) {
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

  themed() {
    if (this.data.racers) this.#draw();
  }

  resized() {
    cancelAnimationFrame(this.resizing);
    this.resizing = requestAnimationFrame(() => this.#draw());
  }

  destroy() {
    this.destroyed = true;
    cancelAnimationFrame(this.resizing);
    this.job.stop();
    this.player.destroy();
    this.map.destroy();
    for (const node of this.root.querySelectorAll(".np-race-solid, .np-race-plot")) globalThis.Plotly?.purge(node);
    super.destroy();
  }
}
