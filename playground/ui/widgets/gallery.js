// The gallery of presets: cards in groups, and a field that narrows them down. Reports the kind of the picked one.

const el = (tag, name, ...children) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  node.append(...children);
  return node;
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".gallery");
  root.pick = (kind) => setTriggerValue("picked", { kind });
  if (root.childElementCount) return; // the presets are always the same; what was typed stays
  if (!data.search) {
    root.append(...data.groups.map((group, index) => section(group, `group${index}`, root)));
    return;
  }
  const search = el("input");
  search.type = "search";
  search.placeholder = "Search: overfitting, learning rate, ReLU …";
  search.setAttribute("aria-label", "Search the presets");
  const found = el("p", "found");
  found.setAttribute("role", "status");
  const sections = data.groups.map((group, index) => section(group, `group${index}`, root));
  const ways = el("nav", "", ...sections.map((node, index) => way(data.groups[index].title, node)));
  ways.setAttribute("aria-label", "Groups of presets");
  root.append(search, ways, found, ...sections);
  const narrow = () => {
    const count = filter(root, search.value);
    found.textContent = search.value.trim() ? `${count} of ${root.querySelectorAll(".card").length} presets` : "";
  };
  search.addEventListener("input", narrow);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    root.querySelector(".card:not([hidden])")?.click(); // the first that fits
  });
  search.focus({ preventScroll: true });
}

function section(group, id, root) {
  const title = el("h3", "", group.title);
  title.id = id;
  const cards = el("div", "cards", ...group.cards.map((card) => entry(card, root)));
  const node = el("section", "", title, cards);
  node.setAttribute("aria-labelledby", id);
  return node;
}

/** A button that scrolls to a group. */
function way(title, node) {
  const button = el("button", "way", title);
  button.type = "button";
  button.onclick = () => {
    node.scrollIntoView({ block: "start" });
    node.querySelector(".card:not([hidden])")?.focus({ preventScroll: true });
  };
  return button;
}

function entry(card, root) {
  const picture = el("span", "picture");
  picture.setAttribute("aria-hidden", "true");
  picture.innerHTML = card.picture; // our own drawing of a preset's data, never a person's text
  const about = el("span", "about", card.about);
  const observe = el("span", "observe", el("b", "", "Observe: "), card.observe);
  const button = el("button", "card", picture, el("span", "text", el("span", "title", card.title), about, observe));
  button.type = "button";
  button.setAttribute("aria-label", card.title);
  about.id = `about-${card.kind}`;
  observe.id = `observe-${card.kind}`;
  button.setAttribute("aria-describedby", `${about.id} ${observe.id}`);
  button.dataset.words = `${card.title} ${card.about} ${card.observe}`.toLowerCase();
  button.onclick = () => root.pick(card.kind);
  return button;
}

/** Show only the cards that hold every word; how many those are. */
function filter(root, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const card of root.querySelectorAll(".card")) card.hidden = !words.every((word) => card.dataset.words.includes(word));
  const ways = root.querySelectorAll(".way");
  root.querySelectorAll("section").forEach((group, index) => {
    group.hidden = ways[index].hidden = !group.querySelector(".card:not([hidden])");
  });
  return root.querySelectorAll(".card:not([hidden])").length;
}
