// Two terrains side by side: surfaces that one camera looks at, contours, slices and curves, and a table of numbers.
//
// It knows no server: a page gives it what a job has found (compare-view.js), a file that was taken away what is in it.

import { unpackAll } from "./arrays.js";
import { steady } from "./camera.js";
import { figureOf } from "./compare-figure.js";

const HTML = `
  <div class="np-compare-table" tabindex="0" role="region" aria-label="Both in numbers"></div>
  <div class="np-compare-plot" role="figure"></div>
  <div class="np-compare-told"></div>`;
const CONFIG = {
  displaylogo: false, displayModeBar: "hover", responsive: false, scrollZoom: false, modeBarButtons: [["toImage", "resetCameraDefault3d"]],
};

export class CompareStage {
  /** @param {HTMLElement} root @param {() => Promise<object>} plotly Plotly, once it is here */
  constructor(root, plotly) {
    root.setAttribute("role", "group");
    root.innerHTML = HTML;
    this.root = root;
    this.plotly = plotly;
    this.table = root.querySelector(".np-compare-table");
    this.plot = root.querySelector(".np-compare-plot");
    this.told = root.querySelector(".np-compare-told");
    this.drawing = Promise.resolve();
    this.result = null;
  }

  /** How it is drawn: {label, names, colours, log, terrain}, and the page's theme. */
  look(data, theme) {
    this.data = data;
    this.theme = theme;
    this.root.setAttribute("aria-label", data.label);
    this.plot.setAttribute("aria-label", data.label);
    this.draw();
  }

  /** A result, as it travels. */
  take(result) {
    this.result = unpackAll(result);
    this.draw();
  }

  /** One drawing at a time. */
  draw() {
    this.drawing = this.drawing.then(() => this.#redraw()).catch((error) => {
      this.root.dataset.failure = `${error.message}.`;
    });
  }

  async #redraw() {
    const { clientWidth: width, clientHeight: height } = this.plot;
    if (!this.result || !width || !height || !this.theme) return;
    this.#tabulate();
    const Plotly = await this.plotly();
    const camera = this.plot._fullLayout?.scene?._scene?.getCamera?.();
    const { data, layout } = figureOf(this.result, this.data, this.theme, { width, height, camera });
    await Plotly.react(this.plot, data, layout, CONFIG);
    steady(this.plot);
    if (!this.drawn) this.#link(Plotly);
    this.drawn = true;
    this.root.dataset.ready = "true";
    this.root.dataset.drawn = String(this.result.whole);
  }

  /** What turns one scene turns the other. */
  #link(Plotly) {
    const turned = (change) => {
      const [from, to] = change?.["scene2.camera"] ? ["scene2", "scene"] : ["scene", "scene2"];
      const camera = change?.[`${from}.camera`];
      if (!camera || this.turning) return;
      const scene = this.plot._fullLayout[to]?._scene;
      if (scene?.setViewport) {
        // As Plotly itself does it: no drawing anew of what has not changed.
        scene.setViewport({ ...this.plot._fullLayout[to], camera });
        this.plot._fullLayout[to].camera = this.plot.layout[to].camera = camera;
        return;
      }
      this.turning = true;
      Plotly.relayout(this.plot, { [`${to}.camera`]: camera }).finally(() => (this.turning = false));
    };
    this.plot.on("plotly_relayouting", turned);
    this.plot.on("plotly_relayout", turned);
  }

  #tabulate() {
    const { facts } = this.result;
    const table = document.createElement("table");
    table.createCaption().textContent = this.data.label;
    const head = table.createTHead().insertRow();
    head.append(document.createElement("td"), ...facts.map(({ name, help }) => Object.assign(heading(name, "col"), { title: help })));
    const body = table.createTBody();
    this.data.names.forEach((name, side) => {
      const row = body.insertRow();
      const first = heading(name, "row");
      const dot = document.createElement("i");
      dot.style.background = this.data.colours[side];
      first.prepend(dot);
      row.append(first);
      for (const { values, better } of facts) {
        const cell = row.insertCell();
        cell.textContent = values[side];
        cell.dataset.better = String(better === side);
      }
    });
    this.table.replaceChildren(table);
  }

  destroy() {
    if (this.drawn) globalThis.Plotly?.purge(this.plot);
  }
}

function heading(text, scope) {
  const cell = document.createElement("th");
  cell.scope = scope;
  cell.textContent = text;
  return cell;
}
