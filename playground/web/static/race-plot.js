// A flat plot that stands still, drawn by Plotly, and a canvas above its area on which things move.

import { plotTemplate } from "./plotly-theme.js";

export class StillPlot {
  constructor(root, label) {
    this.root = root;
    this.node = document.createElement("div");
    this.node.className = "np-race-plot";
    this.node.setAttribute("role", "figure");
    this.node.setAttribute("aria-label", label);
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    root.append(this.node, this.canvas);
  }

  /** Draw what stands still. */
  async still(Plotly, traces, layout, theme) {
    const { clientWidth: width, clientHeight: height } = this.root;
    if (!width || !height) return;
    const whole = { ...layout, width, height, template: plotTemplate(theme), showlegend: false, hovermode: false, font: { size: 11 } };
    await Plotly.react(this.node, traces, whole, { staticPlot: true, responsive: false });
    this.#place();
  }

  /** Have the canvas lie exactly over the plot's area. */
  #place() {
    const { xaxis, yaxis } = this.node._fullLayout;
    const dense = devicePixelRatio || 1;
    this.area = { left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length };
    const { left, top, width, height } = this.area;
    Object.assign(this.canvas.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    this.canvas.width = Math.round(width * dense);
    this.canvas.height = Math.round(height * dense);
    this.dense = dense;
  }

  /** A clean canvas to draw on in CSS pixels; null before there is one. */
  get context() {
    if (!this.area) return null;
    const context = this.canvas.getContext("2d");
    context.setTransform(this.dense, 0, 0, this.dense, 0, 0);
    context.clearRect(0, 0, this.area.width, this.area.height);
    context.lineJoin = context.lineCap = "round";
    return context;
  }
}

/** A racer: a ball, or a cross where it is out of the race. */
export function ball(context, x, y, colour, { radius = 6, crossed = false, edge = "#ffffff" } = {}) {
  context.lineWidth = 2;
  context.fillStyle = colour;
  context.strokeStyle = edge;
  context.beginPath();
  if (crossed) {
    for (const [width, ink] of [[6, edge], [3, colour]]) {
      context.lineWidth = width;
      context.strokeStyle = ink;
      context.moveTo(x - radius + 1, y - radius + 1);
      context.lineTo(x + radius - 1, y + radius - 1);
      context.moveTo(x + radius - 1, y - radius + 1);
      context.lineTo(x - radius + 1, y + radius - 1);
      context.stroke();
    }
    return;
  }
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}
