// A picker: a group of radio buttons drawn as small pictures with a name. Reports the picked kind.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".picker");
  const had = (parentElement.activeElement ?? document.activeElement)?.dataset?.kind;
  root.state ??= { serial: 0 };
  root.replaceChildren();
  root.setAttribute("role", "radiogroup");
  root.setAttribute("aria-label", data.label);
  const pick = (kind) => setTriggerValue("picked", { kind, serial: ++root.state.serial });
  data.items.forEach((item, index) => {
    const chosen = item.kind === data.value;
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.kind = item.kind;
    button.title = item.about;
    button.setAttribute("role", "radio");
    button.setAttribute("aria-checked", String(chosen));
    button.tabIndex = chosen || (index === 0 && !data.items.some((other) => other.kind === data.value)) ? 0 : -1;
    const picture = document.createElement("span");
    picture.innerHTML = item.picture;  // our own drawing of a registry entry, never a person's text
    const label = document.createElement("span");
    label.className = "label";
    label.textContent = item.label;
    button.append(picture, label);
    button.onclick = () => pick(item.kind);
    button.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = root.children[(index + step + data.items.length) % data.items.length];
      next.focus();
      pick(next.dataset.kind);
    };
    root.append(button);
  });
  if (had) root.querySelector(`[data-kind="${CSS.escape(had)}"]`)?.focus();
}
