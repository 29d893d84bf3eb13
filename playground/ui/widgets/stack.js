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

const same = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".stack");
  const state = (root.state ??= { palette: null, serial: 0 });
  const edit = (op) => setTriggerValue("edit", { ...op, serial: ++state.serial });
  const focused = (parentElement.activeElement ?? document.activeElement)?.dataset?.focus;

  const button = (icon, title, focus, onclick, extra = {}) =>
    el("button", { type: "button", title, "aria-label": title, "data-focus": focus, onclick, ...extra }, icon);

  function stepper(card) {
    const { name, label, value, min, max, step } = card.main;
    const id = card.path.join(".");
    const clamp = (n) => Math.min(max, Math.max(min, Number(n.toPrecision(8))));
    const set = (n) => Number.isFinite(n) && clamp(n) !== value && edit({ op: "set", path: card.path, name, value: clamp(n) });
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
    const keys = (event) => {
      if (!event.altKey || !card.path) return;
      if (event.key === "ArrowUp" && card.up) edit({ op: "move", path: card.path, to: card.up });
      else if (event.key === "ArrowDown" && card.down) edit({ op: "move", path: card.path, to: card.down });
      else return;
      event.preventDefault();
    };
    const name = el("button", {
      type: "button", class: "name", "data-focus": `${id}:name`, title: card.about, onclick: open,
      "aria-pressed": String(Boolean(card.selected)), "aria-label": `${card.title}: settings`,
    }, card.plot ? svg(card.plot) : null, el("span", {}, card.title), card.detail ? el("small", {}, card.detail) : null);
    const tools = card.locked
      ? el("span", { class: "lock", title: "Follows from the data and the loss" }, icon("lock"))
      : el("span", { class: "tools" },
          button(icon("up"), `Move ${card.title} up (Alt+↑)`, `${id}:up`, () => edit({ op: "move", path: card.path, to: card.up }), { disabled: !card.up }),
          button(icon("down"), `Move ${card.title} down (Alt+↓)`, `${id}:down`, () => edit({ op: "move", path: card.path, to: card.down }), { disabled: !card.down }),
          button(icon("copy"), `Duplicate ${card.title}`, `${id}:copy`, () => edit({ op: "duplicate", path: card.path })),
          button(icon("remove"), `Remove ${card.title}`, `${id}:remove`, () => edit({ op: "remove", path: card.path })));
    const node = el("li", {
      class: ["card", card.kind, card.selected && "selected", card.problem && "wrong", card.locked && "locked"].filter(Boolean).join(" "),
      style: `--depth:${card.depth ?? 0}`, "data-path": id, onkeydown: keys, draggable: card.locked ? null : "true",
    },
      el("div", { class: "row" }, name, card.main ? stepper(card) : null, tools),
      el("div", { class: "shape" }, el("span", {}, card.shape), el("span", {}, card.parameters)),
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
      edit({ op: "move", path: state.dragged.path, to });
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
            onclick: () => { state.palette = null; edit({ op: "insert", path: target, kind: item.kind }); },
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
    if (focus) root.querySelector(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
  }

  draw(focused);
}
