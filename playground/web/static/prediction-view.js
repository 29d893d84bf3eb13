// What the network says of the picked image: the image, and a bar for every class that follows it.

import { bytes, shapeOf } from "./arrays.js";
import { LiveComponent } from "./live-component.js";
import { element, text } from "./nodes.js";

const MOST = 10; // bars; of more classes the likeliest are shown, in their order
const CROWD = 12;

export class PredictionView extends LiveComponent {
  constructor(root) {
    super(root);
    this.picture = element("canvas", "np-prediction-picture");
    this.said = element("p", "np-prediction-said");
    this.said.setAttribute("role", "status");
    this.list = element("ul", "np-prediction-bars");
    const head = element("div", "np-prediction-head");
    head.append(this.picture, this.said);
    this.root.append(head, this.list);
    this.made = "";
    this.bars = [];
  }

  get name() {
    return "prediction";
  }

  views() {
    return { prediction: this.options };
  }

  updated() {
    this.root.style.height = this.data.height;
    this.list.setAttribute("aria-label", this.data.label ?? "Prediction");
    this.picture.hidden = this.data.picture === false;
  }

  draw({ views }) {
    const view = views?.prediction;
    if (!view) return;
    this.root.dataset.failure = view.error ?? "";
    if (view.base) this.#begin(view.base);
    if (!view.frame || !this.classes) return;
    this.#tell(view.frame);
    this.#paint(view.frame.picture);
    this.root.dataset.ready = "true";
  }

  /** The bars; every picked image comes with the same base, which changes nothing. */
  #begin({ classes, colours }) {
    const made = JSON.stringify([classes, colours]);
    if (made === this.made) return;
    this.made = made;
    this.classes = classes;
    this.bars = classes.map((name, k) => bar(name, colours[k]));
    this.list.replaceChildren(...this.bars.map(({ node }) => node));
    this.list.style.setProperty("--np-bars", Math.min(classes.length, classes.length > CROWD ? MOST : CROWD));
  }

  #tell({ probabilities, label }) {
    const known = probabilities.map((share) => share ?? 0);
    const best = known.indexOf(Math.max(...known));
    const shown = likeliest(known);
    this.bars.forEach(({ node, fill, number }, k) => {
      node.hidden = !shown.has(k);
      node.dataset.best = String(k === best);
      node.dataset.right = String(k === label);
      fill.style.transform = `scaleX(${known[k].toFixed(4)})`;
      text(number, percent(probabilities[k]));
      node.title = k === label ? `${this.classes[k]}: this is what it is` : this.classes[k];
    });
    const verdict = label === null ? "" : label === best ? " – right" : ` – it is ${this.classes[label]}`;
    this.said.dataset.verdict = label === null ? "" : label === best ? "right" : "wrong";
    text(this.said, `${this.classes[best]}, ${percent(probabilities[best])}${verdict}`);
  }

  #paint(packed) {
    if (!packed || this.picture.hidden) return;
    const raw = bytes(packed.bdata);
    const [height, width, colours] = shapeOf(packed, raw.length);
    this.picture.width = width;
    this.picture.height = height;
    const image = new ImageData(width, height);
    for (let at = 0; at < width * height; at += 1) {
      for (let c = 0; c < 3; c += 1) image.data[4 * at + c] = colours ? raw[3 * at + c] : raw[at];
      image.data[4 * at + 3] = 255;
    }
    this.picture.getContext("2d").putImageData(image, 0, 0);
  }
}

/** Which bars are shown: all of few classes, else the likeliest. */
function likeliest(shares) {
  const order = shares.map((_, k) => k);
  if (shares.length > CROWD) order.sort((a, b) => shares[b] - shares[a]).splice(MOST);
  return new Set(order);
}

function bar(name, colour) {
  const node = element("li", "np-prediction-bar");
  const title = element("span", "np-prediction-name", name);
  const track = element("i", "np-prediction-track");
  const fill = element("i", "np-prediction-fill");
  const number = element("b", "");
  fill.style.background = colour;
  track.setAttribute("aria-hidden", "true");
  track.append(fill);
  node.append(title, track, number);
  return { node, fill, number };
}

function percent(share) {
  if (share === null) return "–";
  return `${(100 * share).toFixed(share >= 0.9995 || share < 0.0005 ? 0 : 1)} %`;
}
