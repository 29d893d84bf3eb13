// The small card beside the pointer: what this neuron or this link is, in numbers from the frame.

import { paintPicture } from "./network-paint.js";
import { number } from "./format.js";

const PICTURE = 132;
const STRONGEST = 5;

export class Tooltip {
  constructor() {
    this.node = document.createElement("div");
    this.node.className = "np-tooltip";
    this.node.setAttribute("role", "tooltip");
    this.node.hidden = true;
    this.canvas = document.createElement("canvas");
    this.text = document.createElement("div");
    this.node.append(this.canvas, this.text);
  }

  /** A neuron or an input: enlarged response, bias, strongest incoming weights. `box` = its place in the page. */
  tile({ scene, theme, column, row, box }) {
    const { base } = scene;
    const about = base.columns[column];
    const name = row.feature?.title ?? about.names?.[row.unit] ?? `unit ${row.unit + 1}`;
    this.#picture(scene.picture(column, row), theme);
    const lines = [title(about.kind === "inputs" ? `Input ${name}` : `${about.label}, ${name}`)];
    if (row.feature) lines.push(note(row.feature.on ? "on: press to switch off" : "off: press to switch on"));
    const bias = column > 0 ? scene.bias(column, row.unit) : null;
    if (bias !== null) lines.push(pair("bias", bias));
    lines.push(...strongest(scene, column, row));
    this.#show(theme, lines, box);
  }

  /** A link: from, to, weight. */
  link({ scene, theme, link, box }) {
    const [from, to] = scene.base.links[link.number];
    this.#picture(null);
    const lines = [title(`${unitName(scene.base, from, link.source)} → ${unitName(scene.base, to, link.target)}`)];
    lines.push(pair("weight", link.weight));
    this.#show(theme, lines, box);
  }

  hide() {
    this.node.hidden = true;
  }

  destroy() {
    this.node.remove();
  }

  #picture(picture, theme) {
    this.canvas.hidden = !picture;
    if (!picture) return;
    const scale = devicePixelRatio || 1;
    this.canvas.width = this.canvas.height = PICTURE * scale;
    const context = this.canvas.getContext("2d");
    context.scale(scale, scale);
    context.imageSmoothingQuality = "high";
    paintPicture(context, picture, 0, 0, PICTURE, theme);
  }

  #show(theme, lines, box) {
    const { style } = this.node;
    for (const name of ["text", "background", "border"]) style.setProperty(`--np-${name}`, theme[name]);
    style.setProperty("--np-font", theme.font);
    this.text.replaceChildren(...lines);
    if (!this.node.isConnected) document.body.append(this.node); // outside, so that nothing clips it
    this.node.hidden = false;
    const { width, height } = this.node.getBoundingClientRect();
    const right = box.right + 10 + width < innerWidth ? box.right + 10 : box.left - 10 - width;
    const top = Math.max(6, Math.min(innerHeight - height - 6, (box.top + box.bottom) / 2 - height / 2));
    style.transform = `translate(${Math.max(6, right)}px, ${top}px)`;
  }
}

function unitName(base, column, row) {
  const about = base.columns[column];
  const name = row.feature?.title ?? about.names?.[row.unit] ?? `unit ${row.unit + 1}`;
  return about.kind === "hidden" ? `${about.label}, ${name}` : name;
}

/** The strongest weights that lead into a unit, strongest first. */
function strongest(scene, column, row) {
  if (row.unit === null) return [];
  const incoming = scene.base.links.flatMap(([from, to], number) => {
    if (to !== column || !scene.weights[number]) return [];
    const inputs = scene.weights[number].shape[1];
    return Array.from({ length: inputs }, (_, unit) => ({ from, unit, weight: scene.weight(number, row.unit, unit) }));
  });
  incoming.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const lines = incoming.slice(0, STRONGEST).map(({ from, unit, weight }) => {
    const { names, kind } = scene.base.columns[from];
    return pair(`from ${kind === "hidden" ? `${names?.[unit] ?? `unit ${unit + 1}`}` : (names?.[unit] ?? unit + 1)}`, weight);
  });
  if (incoming.length > STRONGEST) lines.push(note(`and ${incoming.length - STRONGEST} weaker`));
  return lines;
}

function element(className, text) {
  const node = document.createElement("div");
  node.className = className;
  node.textContent = text;
  return node;
}

const title = (text) => element("np-tip-title", text);
const note = (text) => element("np-tip-note", text);

function pair(name, value) {
  const node = element("np-tip-pair", "");
  const sign = document.createElement("b");
  sign.className = value < 0 ? "np-negative" : "np-positive";
  sign.textContent = number(value);
  node.append(`${name} `, sign);
  return node;
}
