// The numbers beside the buttons. Each keeps its width, so nothing jumps when a digit comes or goes.

import * as format from "./format.js";

/** name, label, and the text for what is shown (`now` = the moment looked at, `status` = the live run). */
const READOUTS = [
  { name: "epoch", label: "Epoch", text: ({ now }) => format.epochs(now.epoch) },
  { name: "step", label: "Step", text: ({ now }) => format.whole(now.step) },
  { name: "speed", label: "Epochs/s", text: ({ status }) => (status.state === "playing" ? format.speed(status.epochs_per_second) : "–") },
  { name: "train", label: "Train loss", text: ({ now }) => format.loss(now.train_loss) },
  { name: "test", label: "Test loss", text: ({ now }) => format.loss(now.test_loss) },
  { name: "metric", label: "Accuracy", text: ({ now }) => format.metric(now.metric?.name ?? "", now.metric?.test) },
  { name: "lr", label: "Learning rate", text: ({ now }) => format.rate(now.lr) },
];

export class Readouts {
  constructor(root) {
    this.list = root.querySelector(".np-readouts");
    this.badge = root.querySelector(".np-badge");
    this.why = root.querySelector(".np-why");
    this.badge.addEventListener("click", () => this.#tell(this.why.hidden));
    this.badge.addEventListener("blur", () => this.#tell(false));
    this.badge.addEventListener("keydown", (event) => event.key === "Escape" && this.#tell(false));
    this.nodes = {};
    for (const { name, label } of READOUTS) {
      const box = document.createElement("div");
      box.dataset.name = name;
      box.innerHTML = `<dt>${label}</dt><dd>–</dd>`;
      this.list.append(box);
      this.nodes[name] = { term: box.firstChild, value: box.lastChild };
    }
  }

  show(status) {
    const past = status.at !== null && status.at !== undefined && status.moment;
    const now = past ? { ...status, ...status.moment } : status;
    for (const { name, text } of READOUTS) setText(this.nodes[name].value, text({ now, status }));
    const metric = now.metric?.name;
    if (metric) {
      setText(this.nodes.metric.term, metric.charAt(0).toUpperCase() + metric.slice(1));
      const train = format.metric(metric, now.metric.train);
      this.nodes.metric.value.parentElement.title = `On the test data. On the training data: ${train}`;
    }
    setText(this.badge, [status.engine, status.device].filter(Boolean).join(" · "));
    this.badge.hidden = !this.badge.textContent;
    this.badge.title = `Engine and device. ${status.engine_reason ?? ""}`;
    setText(this.why, status.engine_reason ?? "");
  }

  /** Why this engine and this device, in words. */
  #tell(open) {
    this.why.hidden = !open;
    this.badge.setAttribute("aria-expanded", String(open));
  }
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
