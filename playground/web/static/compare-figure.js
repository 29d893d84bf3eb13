// The Plotly figure of two terrains: surfaces above, and below them contours, a slice through both, and their training.

import { fitted } from "./camera.js";
import { plotTemplate } from "./plotly-theme.js";

const LIGHT = { ambient: 0.72, diffuse: 0.6, specular: 0.04, roughness: 0.7, fresnel: 0.05 };
const CAMERA = { eye: { x: 1.19, y: -1.53, z: 1.19 }, center: { x: 0, y: 0, z: -0.2 } };
/** split: how much of the height is below the surfaces; flat: where contours, slice and training are, [across, up]. */
const WIDE = {
  split: 0.4,
  flat: [[[0.04, 0.22], [0.07, 0.31]], [[0.285, 0.465], [0.07, 0.31]], [[0.545, 0.74], [0.07, 0.31]], [[0.805, 1], [0.07, 0.31]]],
};
const NARROW = {
  split: 0.62,
  flat: [[[0.11, 0.44], [0.37, 0.58]], [[0.64, 0.97], [0.37, 0.58]], [[0.11, 0.44], [0.06, 0.27]], [[0.64, 0.97], [0.06, 0.27]]],
};
const NARROWEST = 560; // pixels in which four flat pictures stand side by side
const LEAST = 1e-10; // of a loss on a logarithmic axis

/** {data, layout} of what is known: curves first, then surfaces. camera: where it stands now, if it does. */
export function figureOf(result, { names, colours, log, terrain }, theme, { width, height, camera }) {
  const wantsLog = Boolean(log && result.log);
  const scale = wantsLog ? result.log : result.linear;
  const data = [...(scale ? terrains(result, scale, names, terrain, wantsLog) : []), ...curves(result, names, colours, wantsLog)];
  const { split, flat } = width < NARROWEST ? NARROW : WIDE;
  const axis = (domain, anchor, title) => ({
    domain, anchor, title: { text: title, standoff: 4, font: { size: 11 } }, nticks: 5,
    zeroline: false, tickfont: { size: 10 },
  });
  const layout = {
    width, height, margin: { l: 8, r: 8, t: 4, b: 14 }, showlegend: false, uirevision: "compare", font: { size: 11 },
    template: plotTemplate(theme), annotations: titles(names, colours, Boolean(scale)),
  };
  flat.forEach(([across, up], index) => {
    const n = index ? index + 1 : "";
    layout[`xaxis${n}`] = axis(across, `y${n}`, ["direction 1", "direction 1", "along direction 1", "epoch"][index]);
    layout[`yaxis${n}`] = axis(up, `x${n}`, ["direction 2", "", "loss", "training loss"][index]);
  });
  const spread = decades(result.curves);
  if (wantsLog || spread > 1.5) layout.yaxis4 = { ...layout.yaxis4, ...powers(spread) };
  if (wantsLog) layout.yaxis3 = { ...layout.yaxis3, ...powers(scale.high - scale.low) };
  if (scale) {
    const view = { camera: camera ?? fitted(CAMERA, width / 2, height * (1 - split)) };
    layout.scene = scene([0, 0.5], split, scale, wantsLog, view);
    layout.scene2 = scene([0.5, 1], split, scale, wantsLog, view);
    const room = (scale.high - scale.low) * 0.04;
    layout.yaxis3.range = [scale.low - room, scale.high + room];
  }
  return { data, layout };
}

function terrains({ x, y }, { z, low, high, start, end, size }, names, colorscale, log) {
  const quiet = { highlight: false };
  const height = log ? "10^%{z:.2f}" : "%{z:.4g}";
  const surfaces = z.map((heights, side) => ({
    type: "surface", scene: side ? "scene2" : "scene", name: names[side], x, y, z: heights, cmin: low, cmax: high, colorscale,
    showscale: false, lighting: LIGHT, hovertemplate: `${height}<extra></extra>`,
    contours: { x: quiet, y: quiet, z: { show: true, color: "rgba(22,50,79,0.55)", width: 1, start, end, size, highlight: false } },
  }));
  const above = z.map((heights, side) => ({
    type: "contour", xaxis: side ? "x2" : "x", yaxis: side ? "y2" : "y", name: names[side], x, y, z: heights, zmin: low,
    zmax: high, zauto: false, colorscale, showscale: false, autocontour: false, contours: { start, end, size },
    line: { width: 0.5, color: "rgba(22,50,79,0.55)" }, hovertemplate: `${height}<extra></extra>`,
  }));
  const centre = [0, 1].map((side) => ({
    type: "scatter", mode: "markers", xaxis: side ? "x2" : "x", yaxis: side ? "y2" : "y", x: [0], y: [0], hoverinfo: "skip",
    marker: { symbol: "circle", size: 8, color: "#e8305f", line: { color: "#ffffff", width: 1.5 } },
  }));
  return [...surfaces, ...above, ...centre];
}

/** The slice through both, and how both were trained. */
function curves({ curves: trained, lines, x }, names, colours, log) {
  const line = (side, axis, more) => ({
    type: "scatter", mode: "lines", name: names[side], xaxis: `x${axis}`, yaxis: `y${axis}`, line: { color: colours[side], width: 2.2 },
    hovertemplate: `${names[side]}: %{y:.4g}<extra></extra>`, ...more,
  });
  return [
    ...(lines ?? []).map((loss, side) => line(side, 3, { x, y: log ? positive(loss) : loss })),
    ...trained.map(({ x: epochs, y }, side) => line(side, 4, { x: epochs, y })),
  ];
}

function positive(values) {
  return Array.from(values, (value) => Math.max(value, LEAST));
}

/** Over how many powers of ten the training losses go. */
function decades(trained) {
  const all = trained.flatMap(({ y }) => Array.from(y).filter((value) => Number.isFinite(value) && value > 0));
  return all.length ? Math.log10(Math.max(...all) / Math.min(...all)) : 0;
}

/** A logarithmic axis over so many powers of ten. */
function powers(count) {
  return { type: "log", exponentformat: "power", dtick: count < 1.5 ? "D2" : Math.max(1, Math.ceil(count / 4)) };
}

function scene(across, split, { low, high }, log, view) {
  const axis = (text) => ({ title: { text, font: { size: 11 } }, showspikes: false, nticks: 4 });
  const places = [];
  for (let power = Math.ceil(low); power <= high; power += Math.max(1, Math.ceil((high - low) / 5))) places.push(power);
  const ticks = log ? { tickvals: places, ticktext: places.map((power) => String(Number((10 ** power).toPrecision(1)))) } : {};
  return {
    domain: { x: across, y: [split, 1] }, aspectmode: "manual", aspectratio: { x: 1.15, y: 1.15, z: 0.75 }, ...view,
    xaxis: axis("direction 1"), yaxis: axis("direction 2"),
    // A little more than what is drawn: what is cut off would flicker on the very end.
    zaxis: { ...axis("loss"), range: [low - 0.01 * (high - low), high + 0.02 * (high - low)], ...ticks },
  };
}

function titles(names, colours, drawn) {
  if (!drawn) return [];
  return names.map((name, side) => ({
    text: `<span style="color:${colours[side]}">●</span> <b>${plain(name)}</b>`, x: 0.5 * side + 0.01, y: 1, xref: "paper", yref: "paper", xanchor: "left", yanchor: "top",
    showarrow: false, font: { size: 15 },
  }));
}

/** A name that Plotly takes as it is: it reads some markup. */
function plain(text) {
  return String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
