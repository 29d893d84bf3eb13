// The draw pad: what is drawn with mouse, finger or pen is the picked image while it is drawn, so that everything that
// looks at the picked image follows the stroke.

import { base64, Drawing, PEN, pixelsOf } from "./draw-strokes.js";
import { ICONS } from "./icons.js";
import { LiveComponent } from "./live-component.js";
import { Paced } from "./paced.js";
import { picked } from "./picked.js";

const SHARED = (globalThis.__networkPlayground ??= {});
const drawings = (SHARED.drawings ??= new Map()); // a run's drawing outlives a change of view

const PAPERS = { black: 0, grey: 0.5, white: 1 };
const INKS = {
  white: [1, 1, 1], black: [0, 0, 0], red: [0.9, 0.15, 0.15], green: [0.2, 0.75, 0.25], blue: [0.2, 0.35, 0.95], yellow: [1, 0.85, 0.1],
};
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const STRIDE = 0.04; // of the cross that the arrow keys move
const ABOUT = "Pad to draw on. Arrow keys move the pen, Enter puts it down or lifts it, Delete clears, Ctrl+Z takes a stroke back.";

const swatch = (kind, name, ink) => {
  const title = kind === "ink" ? `Draw in ${name}` : `Draw on ${name} paper`;
  return `<button type="button" data-${kind}="${name}" title="${title}" aria-label="${title}" style="--np-ink: ${css(ink)}"></button>`;
};

const HTML = `
  <div class="np-draw-pad"><canvas class="np-own-keys" tabindex="0" role="application" aria-label="${ABOUT}"></canvas>
    <p class="np-draw-hint"></p></div>
  <div class="np-draw-side">
    <div class="np-draw-tools" role="group" aria-label="Drawing tools">
      <button type="button" data-do="undo" title="Take the last stroke back (Ctrl+Z)">${ICONS.undo}<span>Undo</span></button>
      <button type="button" data-do="clear" title="Begin again with an empty pad">${ICONS.clear}<span>Clear</span></button>
    </div>
    <div class="np-draw-inks">
      <div role="group" aria-label="Colour of the pen">${Object.entries(INKS).map(([name, ink]) => swatch("ink", name, ink)).join("")}</div>
      <div role="group" aria-label="Colour of the paper">${Object.entries(PAPERS).map(([name, tone]) => swatch("paper", name, [tone, tone, tone])).join("")}</div>
    </div>
    <figure><canvas class="np-draw-seen" role="img"></canvas><figcaption></figcaption></figure>
  </div>`;

export class DrawPad extends LiveComponent {
  constructor(root) {
    super(root);
    root.innerHTML = HTML;
    [this.surface, this.seen] = root.querySelectorAll("canvas");
    this.hint = root.querySelector(".np-draw-hint");
    this.caption = root.querySelector("figcaption");
    this.inks = root.querySelector(".np-draw-inks");
    this.ink = "white"; // what is drawn with
    this.pen = null; // the pointer that draws
    this.cross = null; // where the keyboard's pen is, and whether it is down
    this.drawing = new Drawing();
    this.paced = new Paced((pixels) => this.#send(pixels));
    this.#listen();
    root.dataset.ready = "true";
  }

  get name() {
    return "draw";
  }

  updated(before) {
    this.root.style.height = this.data.height;
    const { run_id: run, image, fit } = this.data;
    if (run !== before.run_id) this.#open(run);
    this.#inks();
    const other = before.image && JSON.stringify([image, fit]) !== JSON.stringify([before.image, before.fit]);
    if (other && !this.drawing.empty) this.#changed(); // other data: the same strokes become other pixels
    this.hint.textContent = this.data.hint ?? "";
    this.caption.textContent = fit ? "centred and scaled, as the network sees it" : "as the network sees it";
    this.#redraw();
  }

  #open(run) {
    if (!drawings.has(run)) drawings.set(run, new Drawing());
    this.drawing = drawings.get(run);
    for (const other of drawings.keys()) if (other !== run && drawings.size > 8) drawings.delete(other);
  }

  /** Colours to draw with and on, where the images have some. */
  #inks() {
    const coloured = this.data.image?.[0] === 3;
    this.inks.hidden = !coloured;
    if (!coloured) [this.ink, this.drawing.paper] = ["white", 0];
    for (const each of this.inks.querySelectorAll("button")) {
      const { ink, paper } = each.dataset;
      each.setAttribute("aria-pressed", String(ink ? ink === this.ink : PAPERS[paper] === this.drawing.paper));
    }
  }

  // -- drawing --------------------------------------------------------------------------------------------------------

  #listen() {
    const { surface } = this;
    surface.addEventListener("pointerdown", (event) => this.#down(event));
    surface.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      surface.addEventListener(end, (event) => this.#up(event));
    }
    surface.addEventListener("contextmenu", (event) => event.preventDefault());
    surface.addEventListener("keydown", (event) => {
      if (!this.#key(event)) return;
      event.preventDefault();
      event.stopPropagation();
    });
    surface.addEventListener("blur", () => this.#crossAt(null));
    this.root.addEventListener("click", (event) => this.#pressed(event.target.closest("button")));
  }

  #down(event) {
    if (event.button !== 0 || this.pen !== null) return;
    this.pen = event.pointerId;
    this.surface.setPointerCapture(event.pointerId);
    this.#crossAt(null);
    this.drawing.begin(...this.#place(event), INKS[this.ink]);
    this.#changed();
  }

  #move(event) {
    if (event.pointerId !== this.pen) return;
    const all = event.getCoalescedEvents?.() ?? [];
    let further = false;
    for (const each of all.length ? all : [event]) further = this.drawing.reach(...this.#place(each)) || further;
    if (further) this.#changed();
  }

  #up({ pointerId }) {
    if (pointerId !== this.pen) return;
    this.pen = null;
    this.paced.flush();
  }

  #place({ clientX, clientY }) {
    const { left, top, width, height } = this.surface.getBoundingClientRect();
    return [within((clientX - left) / width), within((clientY - top) / height)];
  }

  #pressed(button) {
    if (!button) return;
    const { ink, paper } = button.dataset;
    if (ink) this.ink = ink;
    else if (paper) this.drawing.paper = PAPERS[paper];
    else this.#step(button.dataset.do);
    if (paper) this.#changed();
    this.#inks();
  }

  #step(name) {
    if (name === "clear") this.drawing.clear();
    else this.drawing.undo();
    this.#changed();
    this.paced.flush();
  }

  #key({ key, ctrlKey, metaKey, altKey }) {
    if (ctrlKey || metaKey) {
      if (key.toLowerCase() === "z") this.#step("undo");
      return key.toLowerCase() === "z";
    }
    if (altKey) return false;
    if (ARROWS[key]) this.#walk(...ARROWS[key]);
    else if (key === "Enter") this.#toggle();
    else if (key === "Delete" || key === "Backspace") this.#step("clear");
    else return false;
    return true;
  }

  #walk(dx, dy) {
    const { x, y, down } = this.cross ?? { x: 0.5, y: 0.5, down: false };
    const to = { x: within(x + dx * STRIDE), y: within(y + dy * STRIDE), down };
    if (down && this.drawing.reach(to.x, to.y)) this.#changed();
    this.#crossAt(to);
  }

  #toggle() {
    const { x, y, down } = this.cross ?? { x: 0.5, y: 0.5, down: false };
    if (!down) {
      this.drawing.begin(x, y, INKS[this.ink]);
      this.#changed();
    }
    this.#crossAt({ x, y, down: !down });
  }

  #crossAt(cross) {
    if (cross === null && this.cross === null) return;
    this.cross = cross;
    this.#redraw();
  }

  // -- what follows ---------------------------------------------------------------------------------------------------

  /** The drawing is another: show it now, and let everybody who looks at the picked image follow. */
  #changed() {
    this.#redraw();
    const { image, fit } = this.data;
    if (!image) return;
    const pixels = this.drawing.empty ? null : base64(pixelsOf(this.drawing, image, fit));
    this.paced.give(pixels);
  }

  #send(pixels) {
    if (this.data.run_id) picked(this.data.run_id).set(pixels && { pixels });
  }

  /** Draw soon; however often it is asked for, once a frame. */
  #redraw() {
    this.asked ??= requestAnimationFrame(() => {
      this.asked = null;
      this.#paint();
      this.#preview();
    });
  }

  #paint() {
    const side = Math.floor(Math.min(this.surface.parentElement.clientWidth, this.surface.parentElement.clientHeight));
    if (side < 1) return;
    const ratio = globalThis.devicePixelRatio || 1;
    this.surface.width = this.surface.height = side * ratio;
    this.surface.style.width = this.surface.style.height = `${side}px`;
    const context = this.surface.getContext("2d");
    context.scale(side * ratio, side * ratio);
    context.fillStyle = css([0, 1, 2].map(() => this.drawing.paper));
    context.fillRect(0, 0, 1, 1);
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = 2 * PEN;
    for (const { points, colour } of this.drawing.strokes) {
      context.strokeStyle = context.shadowColor = css(colour ?? INKS.white);
      context.shadowBlur = 0.012 * side * ratio; // a soft edge, as the pixels have it
      context.beginPath();
      context.moveTo(...points[0]);
      for (const point of points.length > 1 ? points.slice(1) : points) context.lineTo(...point);
      context.stroke();
    }
    context.shadowBlur = 0;
    if (this.cross) this.#cross(context);
    this.hint.hidden = !this.drawing.empty;
    this.root.querySelectorAll("[data-do]").forEach((button) => (button.disabled = this.drawing.empty));
  }

  #cross(context) {
    const { x, y, down } = this.cross;
    context.lineWidth = 0.008;
    context.strokeStyle = down ? "#f59322" : "#4aacf0";
    context.beginPath();
    context.moveTo(x - 0.04, y);
    context.lineTo(x + 0.04, y);
    context.moveTo(x, y - 0.04);
    context.lineTo(x, y + 0.04);
    context.stroke();
  }

  /** The very pixels that go to the network. */
  #preview() {
    const { image, fit } = this.data;
    if (!image) return;
    const [channels, height, width] = image;
    const pixels = pixelsOf(this.drawing, image, fit);
    this.seen.width = width;
    this.seen.height = height;
    this.seen.setAttribute("aria-label", `The drawing in ${height} × ${width} pixels`);
    const picture = new ImageData(width, height);
    for (let at = 0; at < width * height; at += 1) {
      for (let c = 0; c < 3; c += 1) picture.data[4 * at + c] = pixels[(channels === 3 ? c : 0) * height * width + at];
      picture.data[4 * at + 3] = 255;
    }
    this.seen.getContext("2d").putImageData(picture, 0, 0);
  }

  resized() {
    this.#redraw();
  }

  destroy() {
    cancelAnimationFrame(this.asked);
    this.paced.flush();
    super.destroy();
  }
}

function within(value) {
  return Math.max(0, Math.min(1, value));
}

function css(ink) {
  return `rgb(${ink.map((value) => Math.round(255 * value)).join(" ")})`;
}
