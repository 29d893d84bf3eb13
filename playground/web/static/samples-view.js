// Images to pick from: of all classes or of one, page by page; and an image of one's own, read in the browser.

import { BoardView } from "./board-view.js";
import { element, say } from "./elements.js";
import { picked } from "./picked.js";
import { pixelsOf } from "./upload.js";

const STEP = { back: -1, on: 1 };
const ANY = [["", "all classes"], ["wrong", "wrong ones"]];

export class SamplesView extends BoardView {
  constructor(root) {
    super(root);
    this.first = 0;
    this.klass = ""; // of which class, by its number; "wrong": those taken for another class; "": all
    this.part = "test";
    this.bar = element("div", "np-samples-bar");
    this.bar.setAttribute("role", "group");
    this.bar.setAttribute("aria-label", "Which images");
    this.parts = choice("Part", [["test", "Test"], ["train", "Training"]], (value) => this.#of({ part: value, first: 0 }));
    this.classes = choice("Class", ANY, (value) => this.#of({ klass: value, first: 0 }));
    this.parts.title = "The images kept back to test on, or those it trains on.";
    this.classes.title = "Images of one class only, or those that the network gets wrong now.";
    this.back = button("‹", "Earlier images", () => this.#turn(STEP.back));
    this.on = button("›", "More images", () => this.#turn(STEP.on));
    this.own = button("Own image…", "An image of your own, cut to a square and made as small as these are; it stays in this browser and is sent to the run only.", () => this.file.click());
    this.own.classList.add("np-samples-own");
    this.file = document.createElement("input");
    this.file.type = "file";
    this.file.accept = "image/*";
    this.file.hidden = true;
    this.file.setAttribute("aria-label", "An image of your own");
    this.file.onchange = () => this.#upload(this.file.files[0]);
    this.bar.append(this.parts, this.classes, this.back, this.on, this.own, this.file);
    root.prepend(this.bar);
    root.addEventListener("dragover", (event) => event.preventDefault());
    root.addEventListener("drop", (event) => {
      event.preventDefault();
      this.#upload(event.dataTransfer.files[0]);
    });
  }

  views() {
    const { first, klass, part } = this;
    const which = klass === "wrong" ? { wrong: true } : klass === "" ? {} : { label_of: Number(klass) };
    return { [this.data.view]: { ...this.options, first, part, ...which } };
  }

  #of(change) {
    Object.assign(this, change);
    this.connection?.refresh();
  }

  #turn(step) {
    const shown = this.data.options?.shown ?? 24;
    const { count = 0 } = this;
    const last = Math.max(0, Math.floor((count - 1) / shown) * shown);
    const to = this.first + step * shown;
    this.#of({ first: to < 0 ? last : to > last ? 0 : to });
  }

  begin(view) {
    super.begin(view);
    const { classes = [] } = view.base;
    const names = JSON.stringify(classes);
    if (names !== this.named) {
      this.named = names;
      if (this.klass !== "" || this.first) this.#of({ klass: "", first: 0 }); // those were of other data
      const own = classes.map((name, k) => [String(k), name]);
      this.classes.replaceChildren(...[...ANY, ...own].map(([value, text]) => option(value, text)));
    }
  }

  move(frame) {
    const { count, first } = { ...this.base, ...frame };
    const shown = frame.rows[0]?.count ?? this.base.rows?.[0]?.count ?? 0;
    this.count = count;
    this.first = first;
    this.reached = shown ? `${first + 1} to ${first + shown} of ${count.toLocaleString("en")}; press one to look at it.` : "There are none.";
    super.move(frame);
  }

  hint() {
    if (!this.at && this.reached) say(this.said, this.trouble ?? this.reached);
  }

  picked(value) {
    super.picked(value);
    this.trouble = null;
    this.hint();
  }

  async #upload(file) {
    this.file.value = "";
    const [channels, height, width] = this.data.image ?? [];
    if (!file || !channels) return;
    try {
      picked(this.data.run_id).set({ pixels: await pixelsOf(file, channels, height, width) });
      this.trouble = null;
    } catch (error) {
      this.trouble = `${file.name} could not be read as an image.`;
      console.info(error.message);
    }
    this.hint();
  }
}

function choice(label, options, chosen) {
  const node = document.createElement("select");
  node.setAttribute("aria-label", label);
  node.append(...options.map(([value, text]) => option(value, text)));
  node.onchange = () => chosen(node.value);
  return node;
}

function option(value, text) {
  const node = element("option", "", text);
  node.value = value;
  return node;
}

function button(text, title, pressed) {
  const node = element("button", "", text);
  node.type = "button";
  node.title = title;
  if (text.length === 1) node.setAttribute("aria-label", title);
  node.onclick = pressed;
  return node;
}
