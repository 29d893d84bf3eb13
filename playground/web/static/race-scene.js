// The race in three dimensions: Plotly draws the ground once; balls and trails are moved in place.
//
// Plotly.restyle would compute the surface anew for every frame (some 40 ms); so what moves is given to the scene's own
// objects, as Plotly itself does. Where its inside is not what we know, restyle does it, slower.

import { steady } from "./camera.js";
import { plotTemplate } from "./plotly-theme.js";

const CONFIG = {
  displaylogo: false, displayModeBar: "hover", responsive: false, scrollZoom: false,
  modeBarButtons: [["toImage", "resetCameraDefault3d"]], plotGlPixelRatio: Math.min(2, globalThis.devicePixelRatio || 1),
};
const [DISTANCE, HEIGHT] = [1.75, 1.32]; // of the camera
const LIGHT = { ambient: 0.72, diffuse: 0.6, specular: 0.1, roughness: 0.75, fresnel: 0.05 };
const LINES = 12; // contour lines
const LONGEST = 600; // points of a trail; more cannot be told apart

export class RaceScene {
  constructor(node) {
    this.node = node;
  }

  /** Draw the ground anew, with nobody on it. The camera stays, unless this ground is better seen from another side. */
  async ground(Plotly, ground, racers, theme) {
    this.count = racers.length;
    const { clientWidth: width, clientHeight: height } = this.node;
    if (!width || !height) return;
    const nobody = { x: [], y: [], z: [] };
    const trails = racers.map(({ colour }) => ({
      type: "scatter3d", mode: "lines", hoverinfo: "skip", line: { color: colour, width: 8 }, ...nobody,
    }));
    const balls = {
      type: "scatter3d", mode: "markers", hoverinfo: "skip", ...nobody,
      marker: { size: 8, color: racers.map(({ colour }) => colour), line: { color: "#ffffff", width: 2 }, opacity: 1 },
    };
    const layout = {
      width, height, margin: { l: 0, r: 0, t: 0, b: 0 }, showlegend: false, uirevision: `race ${ground.side}`, font: { size: 11 },
      template: plotTemplate(theme), scene: this.#scene(ground),
    };
    await Plotly.react(this.node, [surface(ground), ...trails, balls], layout, CONFIG);
    steady(this.node);
    this.drawn = this.empty = true;
  }

  #scene({ x, y, low, high, lift, ticks, names, side }) {
    const short = (title) => title.replace("principal ", ""); // along a slanted axis there is little room
    const axis = (title) => ({ title: { text: short(title), font: { size: 11 } }, showspikes: false, nticks: 5 });
    const [wide, deep] = [x.at(-1) - x[0], y.at(-1) - y[0]];
    const ratio = Math.min(1.6, Math.max(0.625, wide / deep));
    const aspect = { x: 1.2 * Math.sqrt(ratio), y: 1.2 / Math.sqrt(ratio), z: 0.72 };
    const turned = this.side === side && this.node._fullLayout?.scene?._scene?.getCamera?.();
    this.side = side;
    return {
      aspectmode: "manual", aspectratio: aspect, camera: turned || cameraAt(side), xaxis: axis(names[0]), yaxis: axis(names[1]),
      zaxis: {
        ...axis("loss"), range: [low, high + 3 * lift], tickvals: ticks.map(({ at }) => at), ticktext: ticks.map(({ text }) => text),
      },
    };
  }

  /** Show everybody where they are at a moment. */
  show(Plotly, course, at) {
    if (!this.drawn || !course.placed) return;
    this.empty = false;
    const trails = course.racers.map((_, index) => trail(course, index, at));
    const places = course.racers.map((_, index) => course.at(index, at));
    const symbol = course.racers.map((_, index) => (course.event(index, at)?.kind === "diverged" ? "x" : "circle"));
    const balls = { x: places.map(({ x }) => x), y: places.map(({ y }) => y), z: places.map(({ z }) => z) };
    if (!this.#move(trails, balls, symbol)) {
      const all = [...trails, balls];
      const indices = all.map((_, index) => index + 1);
      Plotly.restyle(this.node, { x: all.map(({ x }) => x), y: all.map(({ y }) => y), z: all.map(({ z }) => z) }, indices);
    }
  }

  /** Nobody is on the ground. */
  clear(Plotly) {
    if (!this.drawn || this.empty) return;
    const nothing = Array.from({ length: this.count + 1 }, () => []);
    Plotly.restyle(this.node, { x: nothing, y: nothing, z: nothing }, nothing.map((_, index) => index + 1));
    this.empty = true;
  }

  #move(trails, balls, symbol) {
    const scene = this.node._fullLayout?.scene?._scene;
    const full = this.node._fullData;
    if (!scene?.traces || !scene.glplot || full?.length !== this.count + 2) return false;
    const parts = [...trails, balls].map((part, index) => [scene.traces[full[index + 1].uid], full[index + 1], part]);
    if (!parts.every(([trace]) => typeof trace?.update === "function")) return false;
    for (const [trace, data, part] of parts) {
      const marker = data.mode === "markers" ? { marker: { ...data.marker, symbol } } : {};
      trace.update({ ...data, ...part, ...marker, _length: part.x.length });
    }
    scene.glplot.redraw();
    return true;
  }
}

function cameraAt(side) {
  const angle = (side * Math.PI) / 180;
  return { eye: { x: DISTANCE * Math.cos(angle), y: DISTANCE * Math.sin(angle), z: HEIGHT }, center: { x: 0, y: 0, z: -0.22 } };
}

function surface({ x, y, z, low, high, colours }) {
  const gap = (high - low) / LINES;
  const quiet = { highlight: false };
  return {
    type: "surface", x, y, z, cmin: low, cmax: high, colorscale: colours, showscale: false, lighting: LIGHT, hoverinfo: "skip",
    contours: {
      x: quiet, y: quiet,
      z: { show: true, color: "rgba(255,255,255,0.4)", width: 1, start: low + gap, end: high - gap, size: gap, highlight: false },
    },
  };
}

/** The way of a racer up to a moment. */
function trail(course, index, at) {
  const racer = course.racers[index];
  const count = course.behind(index, at);
  const stride = Math.max(1, Math.ceil(count / LONGEST));
  const now = course.at(index, at);
  const [x, y, z] = [[], [], []];
  for (let i = 0; i < count; i += stride) {
    x.push(racer.x[i]);
    y.push(racer.y[i]);
    z.push(racer.z[i]);
  }
  x.push(now.x);
  y.push(now.y);
  z.push(now.z);
  return { x, y, z };
}
