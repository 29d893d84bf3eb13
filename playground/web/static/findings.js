// Sentences about the inside of a network: what is wrong with its gradients and units now, or that nothing is.

import { LiveComponent } from "./live-component.js";

export class FindingsView extends LiveComponent {
  constructor(root) {
    super(root);
    this.list = document.createElement("ul");
    // Read out when a sentence comes or goes, and not again while it stays.
    this.list.setAttribute("aria-live", "polite");
    this.list.setAttribute("aria-label", "What the inside of the network shows");
    this.list.tabIndex = 0; // it may be longer than its place, and is then scrolled with the arrow keys
    this.root.append(this.list);
    this.told = "";
  }

  get name() {
    return "findings";
  }

  views() {
    return { findings: {} };
  }

  updated() {
    this.root.style.height = this.data.height;
  }

  draw({ views }) {
    const view = views?.findings;
    if (!view) return;
    this.root.dataset.failure = view.error ?? "";
    if (view.frame) this.#tell(view.frame.findings);
    this.root.dataset.ready = "true";
  }

  #tell(findings) {
    const told = JSON.stringify(findings);
    if (told === this.told) return;
    this.told = told;
    this.list.replaceChildren(...findings.map(sentence));
  }
}

function sentence({ level, title, text, why }) {
  const item = document.createElement("li");
  item.dataset.level = level;
  item.title = why;
  const name = document.createElement("strong");
  name.textContent = `${level === "warning" ? "⚠ " : ""}${title}`;
  item.append(name, text);
  return item;
}
