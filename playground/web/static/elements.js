// Small nodes of a page, and their texts.

/** A node with a class and a text. */
export function element(tag, className, content = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (content) node.textContent = content;
  return node;
}

/** Another text of a node, where it is another one: whoever hears the page is told once. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Put a frame around a box of its parent: {x, y, w, h}. */
export function around(node, { x, y, w, h }) {
  Object.assign(node.style, { left: `${x - 3}px`, top: `${y - 3}px`, width: `${w + 6}px`, height: `${h + 6}px` });
  return node;
}
