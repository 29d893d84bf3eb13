// The image that somebody looks at: who looks at one image on a page looks at the same one.
//
// One store a run: {part, index} of the data set, {pixels} of one's own (base64, channel first), or null for the first
// test image. It outlives a rerun and a change of page, not the tab.

const SHARED = (globalThis.__networkPlayground ??= {});
const stores = (SHARED.picked ??= new Map());

class Store {
  constructor(key) {
    this.key = key;
    this.heard = new Set();
    this.value = read(key);
  }

  get() {
    return this.value;
  }

  /** Pick another image; everybody who looks at this run hears of it at once. */
  set(value) {
    if (same(value, this.value)) return;
    this.value = value ?? null;
    write(this.key, this.value);
    for (const hear of [...this.heard]) hear(this.value);
  }

  /** Call `hear(value)` at every change until the result is called. */
  subscribe(hear) {
    this.heard.add(hear);
    return () => this.heard.delete(hear);
  }
}

/** The store of a run: `get()`, `set(value)`, `subscribe(hear)`. */
export function picked(runId) {
  const key = `np-picked:${runId}`;
  if (!stores.has(key)) stores.set(key, new Store(key));
  return stores.get(key);
}

export function same(one, other) {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return null; // no storage here, or somebody else's text in it
  }
}

function write(key, value) {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // full, or none: the picture lives as long as the page
  }
}
