// The losses of a run over its epochs, with a line at the moment that is shown. A click leads to another moment.

/** The losses as a figure of our own. A first loss far above all others would flatten them: it leaves the plot. */
function lossFigure(lines) {
  const values = lines.flatMap(({ y }) => y).sort((a, b) => a - b);
  const most = Math.min(values.at(-1), 4 * values[Math.floor(values.length * 0.9)] || values.at(-1));
  const last = Math.max(...lines.map(({ x }) => x.at(-1)));
  return {
    traces: lines.map(({ x, y, colour, name }) => ({ type: "scatter", mode: "lines", x, y, line: { color: colour, width: name === "test" ? 2.4 : 1.6 } })),
    axes: [{ range: [0, last || 1], title: "epochs" }, { range: [Math.min(0, values[0]), most * 1.05 || 1], title: "loss" }],
  };
}

class Losses {
  constructor(node) {
    this.plot = film.curves.length ? new Plot(node, lossFigure(film.curves)) : null;
    node.addEventListener("click", (event) => this.#seek(event));
    showKeys($("curve-keys"), film.curves.map(({ name, colour }) => ["━", colour, name]));
  }

  draw(theme, epoch) {
    this.plot?.draw(theme, epoch);
  }

  #seek(event) {
    const { box, x } = this.plot;
    const share = (event.offsetX - box.left) / (box.right - box.left);
    globalThis.player.seek(x.range[0] + share * (x.range[1] - x.range[0]));
  }
}

/** The colours of the page. */
function pageTheme() {
  const style = getComputedStyle(document.documentElement);
  return { text: style.getPropertyValue("--text").trim(), line: style.getPropertyValue("--line").trim() };
}
