// One number of every cell: as a heat map, or, where one thing only is varied, as dots with their median and band.

import { quartiles } from "./grid-frame.js";
import { element, text } from "./nodes.js";
import { luminance, rgb } from "./theme.js";

const LIGHT = [[0, "#f0f2f5"], [0.5, "#86bfe4"], [1, "#0a4f8c"]];
const DARK = [[0, "#262a33"], [0.5, "#1d6ea8"], [1, "#8fd6ff"]];
const DOT = "#1f8cd6";

/** How good values are, from 0 to 1: the best of all is 1. what: "now", "best" or "reach"; losses and epochs: less is better. */
export class Scale {
  constructor(values, measure, what) {
    this.lower = what === "reach" || measure.endsWith("loss");
    this.log = this.lower;
    const known = values.filter((value) => Number.isFinite(value) && (!this.log || value > 0)).sort((a, b) => a - b);
    this.known = known.length > 0;
    this.low = known[0] ?? 0;
    // One network that explodes shall not make all others look alike.
    const top = known[known.length - 1] ?? 1;
    const middle = known[Math.floor(known.length / 2)] ?? 1;
    this.high = this.lower && what !== "reach" ? Math.min(top, Math.max(middle * 30, this.low * 3)) : top;
    this.beyond = this.high < top;
  }

  /** Where a value is between the least (0) and the greatest (1). */
  share(value) {
    const { low, high, log } = this;
    if (!(high > low)) return 0.5;
    const share = log ? Math.log(Math.max(value, low) / low) / Math.log(high / low) : (value - low) / (high - low);
    return Math.min(1, Math.max(0, share));
  }

  good(value) {
    return this.lower ? 1 - this.share(value) : this.share(value);
  }

  /** Which of these is the best, -1 where there is none. */
  leader(values) {
    let best = -1;
    values.forEach((value, i) => {
      if (Number.isFinite(value) && (best < 0 || (this.lower ? value < values[best] : value > values[best]))) best = i;
    });
    return best;
  }
}

export function heatColour(good, dark) {
  const stops = dark ? DARK : LIGHT;
  const upper = good >= 0.5 ? 2 : 1;
  const [[low, from], [high, to]] = [stops[upper - 1], stops[upper]];
  const share = (good - low) / (high - low);
  const [a, b] = [rgb(from), rgb(to)];
  return `rgb(${a.map((channel, i) => Math.round(channel + (b[i] - channel) * share)).join(", ")})`;
}

/** What the colours of the boxes mean: from the best number to the worst. */
export class Legend {
  constructor(root) {
    this.root = root;
    this.bar = element("i");
    this.ends = [element("span"), element("span")];
    root.append(this.ends[0], this.bar, this.ends[1]);
    root.title = "What the colours mean: the better, the stronger";
  }

  /** null: there is nothing to explain. */
  show(scale, write, theme) {
    this.root.hidden = !scale?.known || scale.high <= scale.low;
    if (this.root.hidden) return;
    const [best, worst] = scale.lower ? [scale.low, scale.high] : [scale.high, scale.low];
    text(this.ends[0], write(best));
    text(this.ends[1], write(worst) + (scale.beyond ? " and more" : ""));
    const stops = (theme.dark ? DARK : LIGHT).map(([, colour]) => colour).reverse();
    this.bar.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
  }
}

/** Boxes as `grid-layout` makes them, each with its number; hatched where there is none. */
export function drawHeat(context, plan, { numbers, scale, write, theme, best, font }) {
  plan.spots.forEach((spot, i) => {
    const { left, top, size, width } = spot;
    const value = numbers[i];
    if (Number.isNaN(value) || !Number.isFinite(value)) {
      hatch(context, spot, theme);
      return;
    }
    const colour = heatColour(scale.good(value), theme.dark);
    context.fillStyle = colour;
    context.fillRect(left, top, width, size);
    if (size < 14 || width < 28) return;
    context.fillStyle = luminance(colour) > 0.5 ? "#14202c" : "#ffffff";
    context.font = `${Math.min(14, Math.max(10, size / 1.7))}px ${font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(write(value), left + width / 2, top + size / 2, width - 4);
  });
  if (best >= 0) crown(context, plan.spots[best], theme);
}

/** What cannot be, or is not yet. */
export function hatch(context, { left, top, size, width }, theme) {
  context.save();
  context.beginPath();
  context.rect(left, top, width, size);
  context.clip();
  context.fillStyle = theme.surface;
  context.fillRect(left, top, width, size);
  context.strokeStyle = theme.border;
  context.lineWidth = 1;
  context.beginPath();
  for (let at = -size; at < width; at += 7) {
    context.moveTo(left + at, top + size);
    context.lineTo(left + at + size, top);
  }
  context.stroke();
  context.restore();
}

/** A frame around the best of all. */
export function crown(context, { left, top, size, width }, theme) {
  context.lineWidth = 3;
  context.strokeStyle = theme.background;
  context.strokeRect(left - 0.5, top - 0.5, width + 1, size + 1);
  context.strokeStyle = "#e8305f";
  context.lineWidth = 2.5;
  context.strokeRect(left - 1, top - 1, width + 2, size + 2);
}

/**
 * Values along the one thing that is varied: a dot for every cell, their median as a line, the middle half as a band.
 *
 * columns: `{label, values, cells}` for each value; ordered: whether these are numbers; returns the places of the dots, `{x, y, cell}`.
 */
export function drawLuck(context, columns, { left, top, width, height }, { scale, write, theme, font, title, ordered }) {
  const inner = { left: left + 46, top: top + 8, width: width - 56, height: height - 52 };
  const x = (i) => inner.left + ((i + 0.5) / columns.length) * inner.width;
  const y = (value) => inner.top + (1 - scale.share(value)) * inner.height;
  ruled(context, inner, y, { scale, write, theme, font });
  const spreads = columns.map(({ values }) => quartiles(values.filter(Number.isFinite)));
  const known = spreads.map((spread, i) => ({ ...spread, i })).filter(({ count }) => count);
  if (ordered && columns.some(({ values }) => values.length > 1)) {
    context.fillStyle = DOT;
    context.globalAlpha = 0.2;
    context.beginPath();
    for (const { i, high } of known) context.lineTo(x(i), y(high));
    for (const { i, low } of [...known].reverse()) context.lineTo(x(i), y(low));
    context.fill();
    context.globalAlpha = 1;
  }
  context.strokeStyle = DOT;
  context.lineWidth = 2.5;
  context.beginPath();
  // Between kinds there is nothing: no line, but a dash at each one's median.
  for (const { i, middle } of known) {
    if (!ordered) context.moveTo(x(i) - 16, y(middle));
    context.lineTo(x(i) + (ordered ? 0 : 16), y(middle));
  }
  context.stroke();
  const dots = marks(context, columns, x, y, theme);
  context.fillStyle = theme.text;
  context.font = `12px ${font}`;
  context.textAlign = "center";
  context.textBaseline = "top";
  const every = Math.ceil((columns.length * 46) / inner.width);
  columns.forEach(({ label }, i) => i % every === 0 && context.fillText(label, x(i), inner.top + inner.height + 6, 90));
  context.fillText(title, inner.left + inner.width / 2, inner.top + inner.height + 24, inner.width);
  return dots;
}

function ruled(context, inner, y, { scale, write, theme, font }) {
  context.font = `12px ${font}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const share of scale.high > scale.low ? [0, 0.25, 0.5, 0.75, 1] : [0.5]) {
    const value = scale.log ? scale.low * (scale.high / scale.low) ** share : scale.low + (scale.high - scale.low) * share;
    if (!Number.isFinite(value)) continue;
    context.strokeStyle = theme.faint;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(inner.left, y(value));
    context.lineTo(inner.left + inner.width, y(value));
    context.stroke();
    context.fillStyle = theme.text;
    context.fillText(write(value), inner.left - 6, y(value), 42);
  }
}

function marks(context, columns, x, y, theme) {
  const dots = [];
  columns.forEach(({ values, cells }, i) => {
    values.forEach((value, k) => {
      if (!Number.isFinite(value)) return;
      const across = x(i) + (values.length > 1 ? (k / (values.length - 1) - 0.5) * 14 : 0);
      const dot = { x: across, y: y(value), cell: cells[k] };
      dots.push(dot);
      context.beginPath();
      context.arc(dot.x, dot.y, 3.6, 0, 2 * Math.PI);
      context.fillStyle = DOT;
      context.fill();
      context.strokeStyle = theme.background;
      context.lineWidth = 1;
      context.stroke();
    });
  });
  return dots;
}
