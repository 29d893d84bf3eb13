// The Plotly figure of several runs' curves: losses on the left, accuracy (or R²) on the right, a colour a run.

import { plotTemplate } from "./plotly-theme.js";

const LEAST = 1e-10; // of a loss on a logarithmic axis
const PANELS = [[0.05, 0.475], [0.56, 0.985]];

/**
 * {data, layout} of `curves`, {id: {epoch, step, train_loss, test_loss, train_metric, test_metric, metric}} of arrays.
 *
 * runs: [{id, label, colour}] in order; look: {part: "test" | "train" | "both", by: "epoch" | "step", log, smooth (0 to 1)};
 * marked: the id of the run that is pointed at, or null.
 */
export function figureOf(curves, runs, look, theme, { width, height, marked = null }) {
  const shown = runs.filter(({ id }) => curves[id]);
  const parts = look.part === "both" ? ["train", "test"] : [look.part];
  const data = shown.flatMap((run) =>
    parts.flatMap((part) =>
      ["loss", "metric"].flatMap((what, panel) => lines(curves[run.id], run, { part, what, panel, look, marked, both: parts.length > 1 })),
    ),
  );
  const metrics = metricsOf(curves, shown);
  return { data, layout: layoutOf(metrics, lowestShown(data), look, theme, width, height) };
}

function lines(curve, run, { part, what, panel, look, marked, both }) {
  const values = curve[`${part}_${what}`];
  if (!values?.length) return [];
  const faint = marked !== null && marked !== run.id;
  const known = what === "loss" && look.log ? Array.from(values, (value) => (value > LEAST ? value : Number.NaN)) : values;
  const weak = both && part === "train";
  const line = (y, more) => ({
    type: "scatter", mode: values.length > 1 ? "lines" : "markers", name: run.label, x: curve[look.by], y,
    xaxis: panel ? "x2" : "x", yaxis: panel ? "y2" : "y", line: { color: run.colour, width: weak ? 1.5 : 2.3, dash: weak ? "dot" : "solid" },
    marker: { color: run.colour, size: 7 }, opacity: faint ? 0.22 : 1, connectgaps: false,
    hovertemplate: `%{y:.4~g}<extra>${plain(run.label)}${both ? `, ${part}` : ""}</extra>`, ...more,
  });
  if (!look.smooth) return [line(known)];
  return [
    line(known, { opacity: faint ? 0.08 : 0.22, hoverinfo: "skip", hovertemplate: undefined, line: { color: run.colour, width: 1 } }),
    line(smoothed(known, look.smooth)),
  ];
}

/** An exponential moving average that begins at the first value; gaps stay gaps. */
export function smoothed(values, weight) {
  let last = 0;
  let seen = 0;
  return Array.from(values, (value) => {
    if (!Number.isFinite(value)) return value;
    last = last * weight + (1 - weight) * value;
    seen += 1;
    return last / (1 - weight ** seen);
  });
}

/** Where the panel of R² ends below: at -1, unless the best are hardly better than that (see figures/curves.py). */
function lowestShown(data) {
  let best = -Infinity;
  for (const { yaxis, y } of data) if (yaxis === "y2") for (const score of y) if (score > best) best = score;
  return Number.isFinite(best) ? Math.min(-1, 2 * best) : -1;
}

function metricsOf(curves, runs) {
  return [...new Set(runs.map(({ id }) => curves[id].metric).filter(Boolean))];
}

function layoutOf(metrics, lowest, look, theme, width, height) {
  const axis = { zeroline: false, nticks: 6, ticklen: 3, tickfont: { size: 10.5 } };
  const across = (panel) => ({ ...axis, domain: PANELS[panel], anchor: panel ? "y2" : "y", showgrid: false, rangemode: "tozero", title: { text: look.by === "epoch" ? "epochs" : "steps", standoff: 2, font: { size: 11 } } });
  const accuracy = metrics.length === 1 && /accuracy/.test(metrics[0]);
  return {
    width, height, template: plotTemplate(theme), showlegend: false, hovermode: "x unified", uirevision: JSON.stringify([look.log, look.by]),
    margin: { l: 10, r: 8, t: 18, b: 32 }, font: { size: 11 },
    xaxis: across(0), xaxis2: across(1),
    yaxis: { ...axis, anchor: "x", nticks: 5, ...(look.log ? { type: "log", exponentformat: "power", tickformat: "~g", minexponent: 4 } : { rangemode: "tozero" }) },
    yaxis2: { ...axis, anchor: "x2", nticks: 5, tickformat: accuracy ? "~%" : "~g", range: [null, 1.02], autorange: "min", autorangeoptions: { clipmin: accuracy ? 0 : lowest } },
    annotations: [title(`${partName(look)} loss`, 0), title(`${partName(look)} ${metrics.join(" and ") || "metric"}`, 1)],
  };
}

function partName({ part }) {
  return part === "both" ? "train (dotted) and test" : part;
}

function title(text, panel) {
  return { text: plain(text), x: PANELS[panel][0], y: 1, xref: "paper", yref: "paper", xanchor: "left", yanchor: "bottom", showarrow: false, font: { size: 12 } };
}

/** A text of a person's, as Plotly shows it as it is. */
export function plain(text) {
  return String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/%\{/g, "% {");
}
