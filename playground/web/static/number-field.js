// A number to type, to step through with the arrow keys, or to slide: one value, sent out with every change.

const HOLD_MS = 500; // what a person set is shown this long before it is what the run says it is
const STEP = { plain: 0.1, shift: 1, alt: 0.01 };
const LARGEST = 1e6;
const LEAST_REACH = 4; // of the slider, to either side of zero

export class NumberField {
  /** @param {(value: number) => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.node = document.createElement("div");
    this.node.className = "np-field";
    this.node.innerHTML = `
      <div class="np-field-name"></div>
      <input type="range" step="0.01" title="Slide to set the number">
      <input type="number" step="any" max="${LARGEST}" min="${-LARGEST}" title="Type a number, or use the arrow keys">`;
    this.name = this.node.querySelector(".np-field-name");
    [this.slider, this.box] = this.node.querySelectorAll("input");
    this.held = { until: -Infinity };
    this.slider.addEventListener("input", () => this.#give(this.slider.valueAsNumber, this.box));
    this.box.addEventListener("input", () => {
      this.typing = true;
      if (Math.abs(this.box.valueAsNumber) <= LARGEST) this.#give(this.box.valueAsNumber, this.slider);
    });
    this.box.addEventListener("blur", () => {
      this.typing = false;
      this.#write(this.value);
    });
    this.slider.addEventListener("pointerdown", () => (this.sliding = true));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      this.slider.addEventListener(end, () => (this.sliding = false));
    }
    this.node.addEventListener("keydown", (event) => this.#key(event));
  }

  get value() {
    return this.sliding || performance.now() < this.held.until ? this.held.value : this.live;
  }

  set disabled(off) {
    this.slider.disabled = this.box.disabled = off;
  }

  has(node) {
    return node === this.slider || node === this.box;
  }

  focus() {
    this.box.focus();
    this.box.select();
  }

  focusSlider() {
    this.slider.focus();
  }

  /** A new number to edit: the slider reaches well past it, and keeps its reach while it is edited. */
  begin(value) {
    this.typing = this.sliding = false;
    this.held = { until: -Infinity };
    this.live = value;
    this.#reach(Math.max(LEAST_REACH, 2 ** Math.ceil(Math.log2(Math.abs(value) * 1.5 || 1))));
    this.#write(value);
  }

  /** What the number is called, and what it is now. */
  show(name, value) {
    if (this.name.textContent !== name) {
      this.name.textContent = name;
      for (const input of [this.slider, this.box]) input.setAttribute("aria-label", name);
    }
    this.live = value;
    this.#write(this.value);
  }

  #key(event) {
    const up = event.key === "ArrowUp" || (event.key === "ArrowRight" && event.target === this.slider);
    const down = event.key === "ArrowDown" || (event.key === "ArrowLeft" && event.target === this.slider);
    if ((!up && !down) || !this.has(event.target)) return;
    event.preventDefault();
    event.stopPropagation();
    const step = event.shiftKey ? STEP.shift : event.altKey ? STEP.alt : STEP.plain;
    const typed = this.typing && Number.isFinite(this.box.valueAsNumber) ? this.box.valueAsNumber : this.value;
    this.typing = false;
    const value = Math.max(-LARGEST, Math.min(LARGEST, Math.round((typed + (up ? step : -step)) * 1e6) / 1e6));
    this.#give(value, this.box, this.slider);
  }

  /** A value that a person set: said on, and written into the other inputs. */
  #give(value, ...others) {
    if (!Number.isFinite(value)) return;
    this.held = { value, until: performance.now() + HOLD_MS };
    for (const input of others) this.#fill(input, value);
    this.changed(value);
  }

  #write(value) {
    if (!this.typing) this.#fill(this.box, value);
    if (!this.sliding) this.#fill(this.slider, value);
  }

  #fill(input, value) {
    if (input === this.slider && Math.abs(value) > Number(this.slider.max)) this.#reach(2 ** Math.ceil(Math.log2(Math.abs(value))));
    const text = Number.isFinite(value) ? String(Number(value.toPrecision(Math.abs(value) < 1 ? 4 : 5))) : "";
    if (input.value === text) return;
    input.value = text;
    if (input === this.box && input === document.activeElement) input.select(); // typing still takes its place
  }

  #reach(most) {
    this.slider.min = -most;
    this.slider.max = most;
  }
}
