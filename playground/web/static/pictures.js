// Pictures of the live views to keep: PNG or SVG, in light colours on white, whatever the page looks like.
//
// Made from what the page's connection was sent, not from what is on the screen: of the moment that is looked at, and
// also of a view that another one has taken the place of (it is then asked for just once).

import { isPacked, unpack, unpackAll } from "./arrays.js";
import { LiveComponent } from "./live-component.js";
import { arrange } from "./network-layout.js";
import { Scene } from "./network-scene.js";
import { networkSvg } from "./network-svg.js";
import { plotly } from "./plotly.js";
import { plotTemplate } from "./plotly-theme.js";
import { momentLine, setAt } from "./plotly-view.js";
import { NEGATIVE, POSITIVE } from "./theme.js";

const SIZES = { boundary: [720, 600], curves: [720, 420], network: [960, 560] };
const SHARP = 3; // pixels of a PNG for each of the picture's
const PATIENCE_MS = 8000;

export const LIGHT = {
  text: "#1d2733", background: "#ffffff", surface: "#f2f5f8", border: "#9aa4b0", primary: "#0877bd", dark: false,
  faint: "rgba(49, 51, 63, 0.12)", font: '"Source Sans 3", "Source Sans Pro", "Segoe UI", "Helvetica Neue", Arial, sans-serif',
  link: { negative: NEGATIVE, positive: POSITIVE },
};

export class PicturesView extends LiveComponent {
  constructor(root) {
    super(root);
    this.list = document.createElement("dl");
    this.note = document.createElement("p");
    this.note.setAttribute("role", "status");
    root.append(this.list, this.note);
    this.root.dataset.ready = "true"; // nothing of it has to be drawn first
    this.asked = null; // {view, options, arrived}: what is waited for
  }

  get name() {
    return "pictures";
  }

  views() {
    return this.asked ? { [this.asked.view]: this.asked.options } : {};
  }

  updated() {
    this.list.replaceChildren(...(this.data.pictures ?? []).map((picture) => this.#row(picture)));
  }

  #row(picture) {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    term.textContent = picture.label;
    const choice = document.createElement("dd");
    for (const format of ["png", "svg"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = format.toUpperCase();
      button.title = format === "png" ? "Pixels, three times as fine as a screen." : "Lines and text that stay sharp at any size.";
      button.setAttribute("aria-label", `${picture.label} as ${button.textContent}`);
      button.onclick = () => this.#take(picture, format, button);
      choice.append(button);
    }
    row.append(term, choice);
    return row;
  }

  async #take(picture, format, button) {
    button.disabled = true;
    this.note.textContent = "";
    try {
      save(await this.#drawn(picture, format), `${this.data.stem}-${picture.view}.${format}`);
    } catch (error) {
      this.note.textContent = `No picture could be made: ${error.message}.`;
    } finally {
      button.disabled = false;
    }
  }

  async #drawn(picture, format) {
    const view = await this.#latest(picture);
    const status = this.connection?.status ?? {};
    if (picture.view !== "network") return plotPicture(view, picture.view, format, status);
    const svg = networkPicture(view, status);
    return format === "svg" ? new Blob([svg.text], { type: "image/svg+xml" }) : raster(svg);
  }

  /** What the run last sent of a view: at once where the page is watching it, else after having asked for it. */
  async #latest({ view, options }) {
    if (!this.connection) throw new Error("there is no run yet");
    const watched = [...this.connection.members].some((member) => view in member.views());
    if (!watched) await this.#ask(view, options ?? {});
    const found = this.connection.views[view];
    if (!found?.frame) throw new Error("the run has not answered yet, try again in a moment");
    return found;
  }

  #ask(view, options) {
    return new Promise((resolve, reject) => {
      const done = (act) => (value) => {
        clearTimeout(timer);
        this.asked = null;
        this.connection?.refresh();
        act(value);
      };
      const late = () => this.asked.failed(new Error("the run did not answer"));
      const timer = setTimeout(late, PATIENCE_MS);
      this.asked = { view, options, arrived: done(resolve), failed: done(reject) };
      this.connection.refresh();
    });
  }

  draw({ views }) {
    const view = this.asked && views?.[this.asked.view];
    if (view?.error) this.asked.failed(new Error(view.error));
    else if (view?.frame) this.asked.arrived();
  }
}

/** A Plotly figure, of a view's base and latest frame, as a blob. */
export async function plotPicture({ base, frame }, name, format, status) {
  const figure = { data: unpackAll(base.data ?? []), layout: unpackAll(base.layout ?? {}) };
  for (const [index, patch] of Object.entries(frame.traces ?? {})) {
    for (const [path, value] of Object.entries(patch)) setAt(figure.data[index], path, isPacked(value) ? unpack(value) : value);
  }
  for (const [path, value] of Object.entries(frame.layout ?? {})) setAt(figure.layout, path, unpackAll(value));
  const [width, height] = SIZES[name] ?? SIZES.curves;
  const epoch = name === "curves" && status.at !== null && status.at !== undefined ? status.moment?.epoch : null;
  const shapes = [...(figure.layout.shapes ?? []), ...(epoch === null || epoch === undefined ? [] : [momentLine(epoch, LIGHT)])];
  const layout = { ...figure.layout, shapes, width, height, template: plotTemplate(LIGHT), paper_bgcolor: "#ffffff" };
  const Plotly = await plotly();
  const address = await Plotly.toImage({ data: figure.data, layout }, { format, width, height, scale: format === "png" ? SHARP : 1 });
  return (await fetch(address)).blob();
}

/** The network diagram of a view's base and latest frame: `{text, width, height}` of an SVG. */
export function networkPicture({ base, frame }, status) {
  const scene = new Scene(base);
  scene.stand(status);
  scene.apply(frame);
  const layout = arrange(base, ...SIZES.network);
  return { text: networkSvg({ layout, scene, theme: LIGHT }), width: layout.width, height: layout.height };
}

/** An SVG as a PNG. */
export async function raster({ text, width, height }) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * SHARP);
  canvas.height = Math.round(height * SHARP);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
