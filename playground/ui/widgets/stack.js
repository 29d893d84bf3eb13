// The layer-stack editor: one card per layer, a palette to add from. It draws what Python describes and reports
// what a person does as one `edit` at a time; the stack itself lives in Python.

const el = (tag, props = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
};

const svg = (markup) => {
  // Markup comes from our own drawings of registry entries, never from a person's text.
  const holder = el("span", { class: "plot", "aria-hidden": "true" });
  holder.innerHTML = markup;
  return holder;
};

// Drawn here: fonts differ in which of these signs they have.
const PATHS = {
  up: "M8 13V4M4 8l4-4 4 4",
  down: "M8 3v9M4 8l4 4 4-4",
  copy: "M6 6h7v7H6zM3 10V3h7",
  remove: "M4 4l8 8M12 4l-8 8",
  lock: "M4 7.5h8V13H4zM5.8 7.5V5.2a2.2 2.2 0 0 1 4.4 0v2.3",
};
const icon = (name) => {
  const holder = el("span", { class: "icon", "aria-hidden": "true" });
  holder.innerHTML = `<svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"><path d="${PATHS[name]}"/></svg>`;
  return holder;
};

const PATIENCE = 2000; // ms that an edit is given to come back from the server
const same = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".stack");
  // palette: where the palette is open; wishes: numbers asked for that have not come back yet, by card;
  // moving: when an edit of the order was sent that has not come back; after: what gets the focus when it has come.
  const state = (root.state ??= { palette: null, serial: 0, wishes: new Map(), moving: -Infinity, after: null, drawn: "" });
  state.send = setTriggerValue;
  const edit = (op) => state.send("edit", { ...op, serial: ++state.serial });
  const now = () => (root.getRootNode().activeElement ?? document.activeElement)?.dataset?.focus;

  // Edits of the order name places; the next one must not name them before they are right again.
  function reorder(op, after) {
    if (performance.now() - state.moving < PATIENCE) return;
    state.moving = performance.now();
    state.after = after;
    state.wishes.clear();
    edit(op);
  }

  const button = (icon, title, focus, onclick, extra = {}) =>
    el("button", { type: "button", title, "aria-label": title, "data-focus": focus, onclick, ...extra }, icon);

  function stepper(card) {
    const { name, label, min, max, step } = card.main;
    const id = card.path.join(".");
    const value = state.wishes.get(id) ?? card.main.value;
    const clamp = (n) => Math.min(max, Math.max(min, Number(n.toPrecision(8))));
    const set = (wanted) => {
      if (!Number.isFinite(wanted) || clamp(wanted) === value) return draw(now());
      // Shown at once, so that quick presses add up; the server's answer takes its place.
      state.wishes.set(id, clamp(wanted));
      setTimeout(() => { if (state.wishes.get(id) === clamp(wanted) && state.wishes.delete(id)) state.redraw(); }, PATIENCE);
      edit({ op: "set", path: card.path, name, value: clamp(wanted) });
      draw(now());
    };
    const input = el("input", {
      type: "number", value, min, max, step, "aria-label": `${label} of ${card.title}`, "data-focus": `${id}:value`,
      onchange: (event) => set(Number(event.target.value)),
    });
    return el("span", { class: "stepper", title: label },
      button("−", `Less: ${label}`, `${id}:less`, () => set(value - step), { disabled: value <= min }),
      input,
      button("+", `More: ${label}`, `${id}:more`, () => set(value + step), { disabled: value >= max }));
  }

  function drawCard(card) {
    const id = card.path?.join(".") ?? card.kind;
    const open = () => edit({ op: "select", path: card.path });
    const where = card.locked ? card.title : `${card.title}, layer ${card.path.map((index) => index + 1).join(".")}`;
    const beside = (by) => [...card.path.slice(0, -1), card.path.at(-1) + by].join(".");
    const up = (part) => card.up && reorder({ op: "move", path: card.path, to: card.up }, `${beside(-1)}:${part}`);
    const down = (part) => card.down && reorder({ op: "move", path: card.path, to: card.down }, `${beside(1)}:${part}`);
    const keys = (event) => {
      const move = event.altKey && card.path && { ArrowUp: up, ArrowDown: down }[event.key];
      if (!move) return;
      move("name");
      event.preventDefault();
      event.stopPropagation(); // a block around it stays
    };
    const name = el("button", {
      type: "button", class: "name", "data-focus": `${id}:name`, title: [card.about, card.sees].filter(Boolean).join(" "), onclick: open,
      "aria-pressed": String(Boolean(card.selected)), "aria-label": `${where}: settings`,
    }, card.plot ? svg(card.plot) : null, el("span", {}, card.title), card.detail ? el("small", {}, card.detail) : null);
    const tools = card.locked
      ? el("span", { class: "lock", title: "Follows from the data and the loss" }, icon("lock"))
      : el("span", { class: "tools" },
          button(icon("up"), `Move ${where} up (Alt+↑)`, `${id}:up`, () => up("up"), { disabled: !card.up }),
          button(icon("down"), `Move ${where} down (Alt+↓)`, `${id}:down`, () => down("down"), { disabled: !card.down }),
          button(icon("copy"), `Duplicate ${where}`, `${id}:copy`, () => reorder({ op: "duplicate", path: card.path }, `${beside(1)}:name`)),
          button(icon("remove"), `Remove ${where}`, `${id}:remove`, () => reorder({ op: "remove", path: card.path }, `${id}:remove`)));
    const node = el("li", {
      class: ["card", card.kind, card.selected && "selected", card.problem && "wrong", card.locked && "locked"].filter(Boolean).join(" "),
      style: `--depth:${card.depth ?? 0}`, "data-path": id, onkeydown: keys, draggable: card.locked ? null : "true",
    },
      el("div", { class: "row" }, name, card.main ? stepper(card) : null, tools),
      el("div", { class: "shape", title: card.sees }, el("span", {}, card.shape), el("span", {}, card.parameters)),
      card.problem ? el("div", { class: "problem", role: "alert" }, card.problem) : null);
    if (!card.locked) dragging(node, card);
    return node;
  }

  // Drag a card onto another: it takes that place. The same moves are on the buttons and on Alt+arrows.
  function dragging(node, card) {
    node.addEventListener("dragstart", (event) => {
      if (event.target.closest?.("input")) return event.preventDefault();
      state.dragged = card;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", card.title);
      event.stopPropagation();
      node.classList.add("dragged");
    });
    node.addEventListener("dragend", () => { state.dragged = null; node.classList.remove("dragged"); });
    node.addEventListener("dragover", (event) => {
      const from = state.dragged?.path;
      if (!from || same(from, card.path.slice(0, from.length))) return;
      event.preventDefault();
      const box = node.getBoundingClientRect();
      node.classList.toggle("after", event.clientY > box.top + box.height / 2);
      node.classList.add("over");
    });
    node.addEventListener("dragleave", () => node.classList.remove("over", "after"));
    node.addEventListener("drop", (event) => {
      if (!state.dragged) return;
      event.preventDefault();
      const to = [...card.path];
      if (node.classList.contains("after")) to[to.length - 1] += 1;
      reorder({ op: "move", path: state.dragged.path, to }, null);
    });
  }

  function adder(target, label) {
    const id = target.join(".");
    const open = state.palette === id;
    const toggle = button(label, label, `add:${id}`, () => { state.palette = open ? null : id; draw(`add:${id}`); },
      { class: "add", "aria-expanded": String(open) });
    if (!open) return toggle;
    const choices = data.palette.map((group) =>
      el("div", { class: "group", role: "group", "aria-label": group.title },
        el("div", { class: "group-title" }, group.title),
        ...group.items.map((item) =>
          el("button", {
            type: "button", class: "choice", title: item.about, "data-focus": `choice:${item.kind}`,
            onclick: () => { state.palette = null; reorder({ op: "insert", path: target, kind: item.kind }, `${id}:name`); },
          }, item.plot ? svg(item.plot) : null, item.label))));
    return el("div", { class: "palette", onkeydown: (event) => {
      if (event.key === "Escape") { state.palette = null; draw(`add:${id}`); }
    } }, toggle, ...choices);
  }

  function draw(focus) {
    const items = [];
    const open = []; // blocks whose last layer has not been drawn yet
    const close = (path) => {
      while (open.length && !same(open.at(-1).path, path.slice(0, open.at(-1).path.length))) {
        const { add } = open.pop();
        items.push(el("li", { class: "adder", style: `--depth:${add.length - 1}` }, adder(add, "+ inside the block")));
      }
    };
    for (const card of data.cards) {
      close(card.path ?? []);
      items.push(drawCard(card));
      if (card.add) open.push(card);
    }
    root.replaceChildren(el("ol", { "aria-label": "Layers, from input to output" }, ...items));
    const last = root.querySelector("li.head");
    root.querySelector("ol").insertBefore(el("li", { class: "adder" }, adder(data.end, "+ Add a layer")), last);
    if (focus) refocus(focus);
  }

  // Where the control is gone or has nothing left to do, the focus stays near by instead of being lost.
  function refocus(focus) {
    const find = (name) => root.querySelector(`[data-focus="${CSS.escape(name)}"]:not(:disabled)`);
    const card = focus.split(":")[0];
    (find(focus) ?? find(`${card}:value`) ?? find(`${card}:name`) ?? find(`add:${data.end.join(".")}`))?.focus();
  }

  state.redraw = () => draw(now());
  const drawing = JSON.stringify(data);
  if (drawing === state.drawn) return; // another part of the page changed: what a person is typing here stays
  state.drawn = drawing;
  for (const { path, main } of data.cards) {
    const id = path?.join(".");
    if (main && state.wishes.get(id) === main.value) state.wishes.delete(id);
  }
  const arrived = state.moving > -Infinity;
  state.moving = -Infinity;
  draw((arrived && state.after) || now());
  state.after = null;
}
