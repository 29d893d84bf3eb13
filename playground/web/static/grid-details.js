// One cell of a grid, or what several have in common, in full: what it is, how it stands, its picture and its curves.

import { epochs, loss, metric, whole } from "./format.js";
import { quartiles } from "./grid-frame.js";
import { drawCurves, drawPicture, rangeOf, TEST, TRAIN } from "./grid-pictures.js";
import { element, text } from "./nodes.js";

const STATES = {
  ready: "not begun", running: "training", finished: "finished", diverged: "diverged", failed: "broke off",
  impossible: "cannot be trained",
};

const KEY = 16; // above the curves
const SCALE = 40; // beside them

/** A number as a person reads it. what: "now", "best" or "reach". */
export function written(frame, measure, what, value) {
  if (!Number.isFinite(value)) return "–";
  if (what === "reach") return epochs(value);
  return measure.endsWith("loss") ? loss(value) : metric(frame?.metric ?? "accuracy", value);
}

/** The same in the little room of a box. */
export function brief(frame, measure, what, value) {
  if (what === "reach") return epochs(value);
  if (!measure.endsWith("loss")) return /accuracy/i.test(frame.metric) ? String(Number((100 * value).toPrecision(3))) : value.toFixed(2);
  if (value >= 1000) return value.toExponential(0);
  return String(Number(value.toPrecision(2))).replace(/^0\./, ".");
}

/** The curves' common scale: what explodes does not make all others flat. */
export function curveRange(frame, kind) {
  const both = [frame.curves[kind === "loss" ? 0 : 2], frame.curves[kind === "loss" ? 1 : 3]];
  const joined = { low: Math.min(...both.map(({ low }) => low)), high: Math.max(...both.map(({ high }) => high)), log: both[0].log };
  if (kind !== "loss") return rangeOf({ ...joined, low: Math.max(joined.low, -1) });
  const starts = [];
  for (let row = 0; row < frame.able; row += 1) starts.push(frame.curves[0].values[row * frame.times.length]);
  return rangeOf(joined, 3 * quartiles(starts).middle);
}

/** What the curves are, above them, and the ends of their scale beside them. */
function around(context, { left, top, height }, { low, high }, theme) {
  context.fillStyle = theme.text;
  context.font = `11px ${theme.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.fillText("loss", left, KEY / 2);
  for (const [i, [name, colour]] of [["train", TRAIN], ["test", TEST]].entries()) {
    context.fillStyle = colour;
    context.fillRect(left + 34 + 50 * i, KEY / 2 - 2, 10, 3);
    context.fillStyle = theme.text;
    context.fillText(name, left + 48 + 50 * i, KEY / 2);
  }
  if (!Number.isFinite(high)) return; // nothing has been measured yet
  context.textAlign = "right";
  context.textBaseline = "top";
  context.fillText(tick(high), left - 4, top, SCALE - 6);
  context.textBaseline = "bottom";
  if (high > low) context.fillText(tick(low), left - 4, top + height, SCALE - 6);
}

const tick = (value) => (value >= 0.001 && value < 1e4 ? String(Number(value.toPrecision(2))) : value.toExponential(0));

export class GridDetails {
  constructor(root) {
    this.title = element("h4");
    this.state = element("p", "np-grid-state");
    this.canvas = element("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.list = element("dl");
    this.hint = element("p", "np-grid-hint");
    root.append(this.title, this.state, this.canvas, this.list, this.hint);
  }

  /** cells: the numbers of those in the box; names: of its values, in words; measures: names and labels. */
  show({ frame, cells, title, problem, measures, target, theme, best, over }) {
    text(this.title, title);
    this.title.dataset.best = String(best);
    const [one] = cells;
    const status = frame ? frame.status(one) : problem ? "impossible" : "ready";
    const told = problem || (frame ? frame.problem(one) : "");
    text(this.state, cells.length > 1 ? `Medians of ${cells.length} networks, and the middle half of them. Press it to see them one by one.` : told || this.#standing(frame, one, status, over));
    this.state.dataset.level = told ? "warning" : "";
    this.#numbers(frame, cells, measures, target);
    text(this.hint, !frame || cells.length > 1 || status === "impossible" ? "" : "Press it to train it from the start in the Playground.");
    this.#draw(frame, cells, theme);
  }

  #standing(frame, one, status, over) {
    if (!frame) return "Not trained yet.";
    const state = over && status === "running" ? "trained" : STATES[status];
    const parameters = frame.parameters[frame.row[one]];
    return `Epoch ${epochs(frame.epoch[frame.row[one]])}, ${state}; ${whole(parameters)} parameters.`;
  }

  #numbers(frame, cells, measures, target) {
    const rows = frame
      ? Object.entries(measures).map(([name, label]) => {
          const { middle, low, high, count } = quartiles(cells.map((cell) => frame.value(cell, name)));
          const write = (value) => written(frame, name, "now", value);
          return [label, count > 1 ? `${write(middle)} (${write(low)} to ${write(high)})` : write(middle)];
        })
      : [];
    if (frame && target.value !== null) {
      const { middle } = quartiles(cells.map((cell) => frame.value(cell, target.measure, "reach")));
      rows.push(["Good enough after", Number.isFinite(middle) ? `${epochs(middle)} epochs` : "not yet"]);
    }
    const wanted = JSON.stringify(rows);
    if (wanted === this.shown) return;
    this.shown = wanted;
    this.list.className = cells.length > 1 ? "np-grid-spread" : "";
    this.list.replaceChildren(...rows.flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]));
  }

  #draw(frame, cells, theme) {
    const width = this.canvas.clientWidth;
    const height = this.canvas.clientHeight;
    const scale = devicePixelRatio || 1;
    this.canvas.width = width * scale;
    this.canvas.height = height * scale;
    const context = this.canvas.getContext("2d");
    context.scale(scale, scale);
    const known = frame ? cells.filter((cell) => frame.has(cell)) : [];
    if (!known.length) return;
    const pictures = known.map((cell) => frame.picture(cell)).filter(Boolean);
    const drawn = drawPicture(context, pictures, { left: 0, top: 0, size: height });
    const left = (drawn ? height + 8 : 0) + SCALE;
    const range = curveRange(frame, "loss");
    const box = { left, top: KEY, width: width - left, height: height - KEY, size: height };
    drawCurves(context, frame, known, box, "loss", range, theme);
    around(context, box, range, theme);
  }
}
