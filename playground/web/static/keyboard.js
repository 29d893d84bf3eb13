// Keyboard shortcuts of the transport. They stay out of the way while someone types or moves within a control.

/** Key -> action, as shown in the list that "?" opens. */
export const SHORTCUTS = [
  { keys: "Space", action: "toggle", text: "play or pause" },
  { keys: "→ or .", action: "step", text: "one step" },
  { keys: "E", action: "epoch", text: "one epoch" },
  { keys: "R", action: "reset", text: "back to the same initial weights" },
  { keys: "N", action: "fresh", text: "new weights" },
  { keys: "Shift ← →", action: "scrub", text: "back and forward in time" },
  { keys: "Enter", text: "on a neuron: set its weights and bias by hand" },
  { keys: "Ctrl Z", action: null, text: "undo a change; with Shift, redo" }, // the page's own, see ui/widgets/history.js
  { keys: "?", action: "help", text: "show or hide this list" },
];

const KEYS = { " ": "toggle", ".": "step", ArrowRight: "step", e: "epoch", r: "reset", n: "fresh", "?": "help" };

/** Where a key means something to the control itself. */
const TYPING = [
  "input:not([type=range]):not([type=checkbox]):not([type=radio]):not([type=button])", "textarea", "select",
  "[contenteditable=''], [contenteditable=true]", "[role=textbox], [role=combobox], [role=listbox], [role=grid], [role=menu]",
].join(", ");
const MOVING = "input, [role=slider], [role=tab], [role=radio], [role=radiogroup], [role=option], .np-net-tile, .np-paint-surface, .np-board-canvas, .np-own-keys";
const PRESSING = ".np-board-canvas, button, a[href], summary, input:not([type=range]), [role=button], [role=tab], [role=checkbox], [role=switch]";

/** What a key press asks for: {action, forward?} or null when it is not for us. */
export function meaning(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return null;
  const target = event.composedPath()[0];
  if (!(target instanceof Element) || target.closest(TYPING) || target.closest("[role=dialog]")) return null;
  const arrow = event.key === "ArrowLeft" || event.key === "ArrowRight";
  if (arrow && target.closest(MOVING)) return null;
  if (arrow && event.shiftKey) return { action: "scrub", forward: event.key === "ArrowRight" };
  if (event.key === " " && target.closest(PRESSING)) return null;
  const action = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  return action ? { action } : null;
}

let owner = null; // the transport that the page's keys drive: the last one that came

/** Let `act(action, forward)` have the page's shortcuts until the result is called. */
export function listen(act) {
  const mine = Symbol("shortcuts");
  owner = mine;
  const heard = (event) => {
    if (owner !== mine) return;
    const asked = meaning(event);
    if (!asked || (event.repeat && !["step", "scrub"].includes(asked.action))) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // Streamlit's own R would run the page again
    act(asked.action, asked.forward);
  };
  window.addEventListener("keydown", heard, { capture: true });
  return () => {
    window.removeEventListener("keydown", heard, { capture: true });
    if (owner === mine) owner = null;
  };
}
