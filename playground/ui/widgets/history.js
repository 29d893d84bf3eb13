// Undo and redo, and what was last done: two buttons, the page's keys, and a list of the steps to go back to.

const PATHS = {
  undo: "M6.5 3.5 3 7l3.5 3.5M3 7h6.2a3.3 3.3 0 0 1 0 6.6H6.5",
  redo: "M9.5 3.5 13 7l-3.5 3.5M13 7H6.8a3.3 3.3 0 0 0 0 6.6h2.7",
};
const PATIENCE = 6000; // ms that a step is given to come back from the server
const HTML = `
  <button type="button" data-way="-1"></button><button type="button" data-way="1"></button>
  <button type="button" class="said" popovertarget="steps" aria-haspopup="true"></button>
  <p role="status" aria-live="polite"></p>
  <ol id="steps" popover></ol>`;

/** Where Ctrl+Z belongs to the control itself: texts undo their letters, the painter its strokes. */
const ELSEWHERE = [
  "input:not([type=range]):not([type=checkbox]):not([type=radio]):not([type=button])", "textarea",
  "[contenteditable=''], [contenteditable=true]", "[role=textbox], [role=dialog], .np-paint",
].join(", ");

/** -1 for undo, 1 for redo, 0 for any other key. */
function way(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing || event.defaultPrevented) return 0;
  const target = event.composedPath()[0];
  if (target instanceof Element && target.closest(ELSEWHERE)) return 0;
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? 1 : -1;
  return key === "y" && !event.shiftKey ? 1 : 0;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".history");
  const state = (root.state ??= build(root));
  state.send = setTriggerValue;
  state.data = data;
  state.serial ??= data.heard; // a page that comes back goes on counting
  // What the server says takes the place of what was asked for, once it has heard of that: a run of the page that was
  // under way may only end now.
  if (data.heard >= state.serial) state.wished = null;
  window.addEventListener("keydown", state.pressed); // once, however often: it is the same function
  draw(root, state);
}

function build(root) {
  root.innerHTML = HTML;
  const state = { data: null, wished: null, serial: null, drawn: "" };
  const go = (serial) => {
    if (serial === undefined) return;
    state.wished = serial;
    setTimeout(() => state.wished === serial && (state.wished = null), PATIENCE);
    state.send("go", { to: serial, serial: ++state.serial });
  };
  // Quick presses go on from what was asked for, not from what has come back.
  const step = (by) => {
    const serials = state.data.steps.map((each) => each.serial);
    go(serials[serials.indexOf(state.wished ?? state.data.now) + by]);
  };
  state.pressed = (event) => {
    if (!root.isConnected) return window.removeEventListener("keydown", state.pressed); // the page is another one now
    const by = way(event);
    if (!by) return;
    event.preventDefault();
    step(by);
  };
  for (const button of root.querySelectorAll("[data-way]")) {
    const name = Number(button.dataset.way) < 0 ? "undo" : "redo";
    button.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${PATHS[name]}"/></svg>`;
    button.onclick = () => step(Number(button.dataset.way));
  }
  const list = root.querySelector("ol");
  list.onclick = (event) => {
    const chosen = event.target.closest("button");
    if (!chosen) return;
    list.hidePopover();
    go(Number(chosen.dataset.serial));
  };
  list.addEventListener("beforetoggle", (event) => event.newState === "open" && place(root, list));
  list.addEventListener("toggle", (event) => event.newState === "open" && list.querySelector("[aria-current]")?.focus());
  return state;
}

function draw(root, state) {
  const { steps, now, said } = state.data;
  const drawn = JSON.stringify(state.data);
  if (drawn === state.drawn) return;
  state.drawn = drawn;
  const here = steps.findIndex((each) => each.serial === now);
  const [undo, redo] = root.querySelectorAll("[data-way]");
  name(undo, "Undo", here > 0 ? steps[here].told : null, "Ctrl+Z");
  name(redo, "Redo", steps[here + 1]?.told ?? null, "Ctrl+Shift+Z");
  const text = root.querySelector(".said");
  text.textContent = said || "No changes yet";
  text.title = `${text.textContent}. Click for all steps`;
  text.disabled = steps.length < 2;
  const status = root.querySelector("p");
  if (status.textContent !== said) status.textContent = said;
  // The newest on top, as the eye expects of a history; texts as text, for names in them are a person's.
  root.querySelector("ol").replaceChildren(...steps.map((each, place) => entry(each, place, here)).reverse());
}

function name(button, what, told, keys) {
  // Not `disabled`: that would take the focus away from who undoes with the keyboard.
  button.setAttribute("aria-disabled", String(told === null));
  button.setAttribute("aria-label", told === null ? `Nothing to ${what.toLowerCase()}` : `${what}: ${told}`);
  button.title = `${button.getAttribute("aria-label")} (${keys})`;
}

function entry(step, place, here) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.serial = step.serial;
  button.textContent = step.told;
  if (place === here) button.setAttribute("aria-current", "step");
  const item = document.createElement("li");
  item.className = place > here ? "undone" : "";
  item.append(button);
  return item;
}

/** The list hangs below the line it belongs to: popovers are drawn on top of the page and know no place of their own. */
function place(root, list) {
  const line = root.getBoundingClientRect();
  list.style.left = `${line.left}px`;
  list.style.top = `${line.bottom + 4}px`;
  list.style.width = `${line.width}px`;
}
