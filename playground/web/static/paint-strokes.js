// What a pointer on the canvas does: pen, spray and eraser, by click, drag or hold, with mouse, pen or finger.

const PEN_GAP = 13; // pixels between the points of a line
const PEN_JITTER = 2;
const SPRAY_RADIUS = 22;
const SPRAY_GAP = 9; // pixels between two puffs of a drag
const SPRAY_MS = 70; // between two puffs of a held spray
const SPRAY_ROOM = 5; // pixels that a puff keeps from other points, where it can
const ERASER_RADIUS = 13;

const RADII = { spray: SPRAY_RADIUS, eraser: ERASER_RADIUS };

export class Strokes {
  /** painter: see there; it has brush, put(), rub(), occupied(), progress(), done(), cancelled(), redraw(). */
  constructor(surface, painter) {
    this.surface = surface;
    this.painter = painter;
    this.brush = null; // of the stroke under way
    this.began = 0; // when the last one did; which also names it
    this.at = null; // where the pointer is
    this.last = null; // where the stroke has painted last
    surface.addEventListener("pointerdown", (event) => this.#begin(event));
    surface.addEventListener("pointermove", (event) => this.#move(event));
    surface.addEventListener("pointerup", () => this.end());
    surface.addEventListener("pointercancel", () => this.#cancel());
    surface.addEventListener("pointerleave", () => this.#hover(null));
    surface.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  /** The outline of the brush, for the canvas to draw; null for a pen, and while no pointer is there. */
  get shape() {
    const radius = RADII[this.brush ?? this.painter.brush];
    return radius && this.at ? { at: this.at, radius } : null;
  }

  #begin(event) {
    const rubs = event.button === 2;
    if ((event.button !== 0 && !rubs) || this.brush) return;
    this.surface.setPointerCapture(event.pointerId);
    this.brush = rubs ? "eraser" : this.painter.brush;
    this.began = performance.now();
    this.last = null;
    this.#reach(this.#place(event));
    if (this.brush === "spray") this.holding = setInterval(() => this.#puff(this.at), SPRAY_MS);
  }

  #move(event) {
    if (!this.brush) return this.#hover(this.#place(event));
    const all = event.getCoalescedEvents?.() ?? [];
    for (const each of all.length ? all : [event]) this.#reach(this.#place(each));
    return undefined;
  }

  #place({ clientX, clientY }) {
    const { left, top, width, height } = this.surface.getBoundingClientRect();
    const within = (value, most) => Math.min(most, Math.max(0, value));
    return [within(clientX - left, width), within(clientY - top, height)];
  }

  #hover(at) {
    this.at = at;
    this.painter.redraw();
  }

  /** The pointer has come to `place`: everything on the way is painted, however fast it went. */
  #reach(place) {
    this.at = place;
    if (!this.last) this.#dab(place);
    else {
      const gap = { pen: PEN_GAP, spray: SPRAY_GAP, eraser: ERASER_RADIUS / 2 }[this.brush];
      let [dx, dy] = [place[0] - this.last[0], place[1] - this.last[1]];
      for (let away = Math.hypot(dx, dy); away >= gap; away -= gap) {
        this.last = [this.last[0] + (dx / away) * gap, this.last[1] + (dy / away) * gap];
        [dx, dy] = [place[0] - this.last[0], place[1] - this.last[1]];
        this.#dab(this.last);
      }
    }
    this.painter.progress();
    this.painter.redraw();
  }

  #dab(place) {
    const first = !this.last;
    this.last = place;
    if (this.brush === "eraser") this.painter.rub(...place, ERASER_RADIUS);
    else if (this.brush === "spray") this.#puff(place);
    else this.painter.put(...(first ? place : place.map((each) => each + (Math.random() * 2 - 1) * PEN_JITTER)));
  }

  /** One point anywhere in the spray's disc, if there is an empty place. */
  #puff([left, top]) {
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const radius = SPRAY_RADIUS * Math.sqrt(Math.random());
      const angle = 2 * Math.PI * Math.random();
      const place = [left + radius * Math.cos(angle), top + radius * Math.sin(angle)];
      if (this.painter.occupied(...place, SPRAY_ROOM)) continue;
      this.painter.put(...place);
      break;
    }
    this.painter.progress();
    this.painter.redraw();
  }

  /** The pointer is lifted. */
  end() {
    if (this.#stop()) this.painter.done(this.began);
  }

  #cancel() {
    if (this.#stop()) this.painter.cancelled();
  }

  #stop() {
    clearInterval(this.holding);
    const under = this.brush !== null;
    this.brush = this.last = null;
    return under;
  }
}
