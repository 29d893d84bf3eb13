// Children of a node by key: what is asked for again stays the same node (and keeps its focus), the rest goes.

const KEYS = new WeakMap();

export function keyed(parent) {
  const known = KEYS.get(parent) ?? new Map();
  KEYS.set(parent, known);
  const used = new Set();
  return {
    get(key, tag, className) {
      used.add(key);
      let node = known.get(key);
      if (!node) {
        node = document.createElement(tag);
        node.className = className;
        known.set(key, node);
        parent.append(node);
      }
      return node;
    },
    find: (key) => known.get(key),
    finish() {
      for (const [key, node] of known) {
        if (used.has(key)) continue;
        node.remove();
        known.delete(key);
      }
    },
  };
}
