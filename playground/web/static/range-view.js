// A learning-rate range test: the loss over the rate, what is suggested, and a press or a slide that chooses another.

import { unpackAll } from "./arrays.js";
import { ToldJob } from "./job-told.js";
import { LiveComponent } from "./live-component.js";
import { plotly } from "./plotly.js";
import { plotTemplate } from "./plotly-theme.js";
import { Teleport } from "./teleport.js";

const HTML = `
  <div class="np-range-plot" role="figure"></div>
  <div class="np-range-choice">
    <input type="range" min="0" max="1" step="0.001" value="0" disabled aria-label="Learning rate to use"
      title="The learning rate to use; a press in the picture chooses one, too">
    <button type="button" class="np-range-use" disabled title="Train with this learning rate from now on; it can be undone">Use this rate</button>
  </div>
  <div class="np-range-told"></div>`;
const CONFIG = { displaylogo: false, displayModeBar: "hover", responsive: false, scrollZoom: false, modeBarButtons: [["toImage"]] };
const PICKED = "#f59322";
const NOW = "#868e9c";

export class RangeView extends LiveComponent {
  constructor(root) {
    super(root);
    root.setAttribute("role", "group");
    root.innerHTML = HTML;
    this.plot = root.querySelector(".np-range-plot");
    this.slide = root.querySelector("input");
    this.use = root.querySelector(".np-range-use");
    this.use.addEventListener("click", () => this.emit("use", { rate: this.rate }));
    this.slide.addEventListener("input", () => this.#pick(this.#rateAt(Number(this.slide.value))));
    this.drawing = Promise.resolve();
    this.result = this.rate = null;
    this.job = new ToldJob(this, root.querySelector(".np-range-told"), {
      progress: "How much of the test is done",
      stop: "Stop the test",
      take: (body) => this.#take(body),
      rest: () => this.said,
    });
  }

  updated(before) {
    const { data } = this;
    this.root.style.height = data.height;
    this.root.setAttribute("aria-label", data.label);
    this.plot.setAttribute("aria-label", data.label);
    if (data.job !== before.job) this.#follow(data.job);
    this.#draw();
  }

  resized() {
    this.#draw();
  }

  themed() {
    this.#draw();
  }

  destroy() {
    this.job.stop();
    this.presses?.destroy();
    if (this.presses) globalThis.Plotly?.purge(this.plot);
    super.destroy();
  }

  // -- the job --------------------------------------------------------------------------------------------------------

  #follow(id) {
    this.chosen = false; // by the person, from what this test showed
    this.said = "";
    this.job.follow(id);
  }

  #take(body) {
    if (!body) return;
    this.result = unpackAll(JSON.parse(new TextDecoder().decode(body)));
    this.said = this.result.reason;
    if (!this.chosen) this.rate = this.result.suggestion;
    this.#draw();
  }

  // -- choosing -------------------------------------------------------------------------------------------------------

  #pick(rate) {
    if (!this.result) return;
    this.chosen = true;
    this.rate = Number(rate.toPrecision(2));
    this.#draw();
  }

  #rateAt(share) {
    const [low, high] = this.result.ends;
    return low * (high / low) ** share;
  }

  #offer() {
    const { rate, result } = this;
    this.slide.disabled = !result;
    this.use.disabled = rate === null || rate === this.data.now;
    this.use.textContent = rate === null ? "Use this rate" : rate === this.data.now ? `${rate} is in use` : `Use ${rate}`;
    if (rate === null) return;
    const [low, high] = result.ends;
    this.slide.value = String(Math.log(rate / low) / Math.log(high / low));
    this.slide.setAttribute("aria-valuetext", String(rate));
  }

  // -- drawing --------------------------------------------------------------------------------------------------------

  /** One drawing at a time. */
  #draw() {
    if (this.result) this.#offer();
    this.drawing = this.drawing.then(() => this.#redraw()).catch((error) => {
      this.root.dataset.failure = `${error.message}.`;
    });
  }

  async #redraw() {
    const { clientWidth: width, clientHeight: height } = this.plot;
    if (!this.result || !width || !height || !this.theme) return;
    const Plotly = await plotly();
    const { data, layout } = this.result;
    const { shapes, annotations } = this.#lines(layout.annotations);
    const whole = { ...layout, width, height, shapes, annotations, template: plotTemplate(this.theme) };
    await Plotly.react(this.plot, data, whole, CONFIG);
    this.presses ??= new Teleport(this.plot, (rate) => this.#pick(rate));
    this.root.dataset.ready = "true";
  }

  /** The rate in use, and the one that is chosen. */
  #lines(others) {
    const { rate } = this;
    const { now } = this.data;
    const found = [];
    if (now && now !== rate) found.push([now, NOW, "dash", `now ${now}`]);
    if (rate !== null) found.push([rate, PICKED, "solid", String(rate)]);
    const shapes = found.map(([x, color, dash]) => ({
      type: "line", xref: "x", yref: "paper", x0: x, x1: x, y0: 0, y1: 1, line: { color, width: 2, dash },
    }));
    const labels = found.map(([x, color, , text], index) => ({
      text: `<b>${text}</b>`, x: Math.log10(x), xref: "x", y: 0.99 - 0.07 * index, yref: "paper", xanchor: "left", yanchor: "top",
      showarrow: false, xshift: 4, bgcolor: this.theme.background, borderpad: 1, font: { size: 13, color: index === found.length - 1 && rate !== null ? color : undefined },
    }));
    return { shapes, annotations: [...others, ...labels] };
  }
}
