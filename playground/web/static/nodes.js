// Nodes of the page, made and written.

/** A node with a class and a text, where they are given. */
export function element(tag, className = "", content = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (content) node.textContent = content;
  return node;
}

/** Write a text that differs from the one that is there: screen readers speak, and browsers lay out, only then. */
export function text(node, content) {
  if (node.textContent !== content) node.textContent = content;
}
