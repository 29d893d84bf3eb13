// What every live component does alike: follow its run, its size and its theme.

import { join } from "./connection.js";
import { picked } from "./picked.js";
import { readTheme, sameTheme } from "./theme.js";

/** The WebSocket address of a run; this file lives at <base>/np/static/<version>/. */
export function liveAddress(runId) {
  const address = new URL(`../../../live/${encodeURIComponent(runId)}`, import.meta.url);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

export class LiveComponent {
  constructor(root) {
    this.root = root;
    this.data = {};
    this.connection = null;
    this.link = { state: "connecting", attempt: 0, text: "" };
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(root);
  }

  /** New data, callbacks or theme from Streamlit. */
  update({ data, setTriggerValue }) {
    const before = this.data;
    this.data = data ?? {};
    this.emit = setTriggerValue ?? (() => {});
    this.#theme();
    // A run that was gone may have been made again under its id; nobody but the page can know.
    if (this.data.run_id !== before.run_id || this.connection?.isFinal) this.#follow(this.data.run_id);
    else if (JSON.stringify(this.data.options) !== JSON.stringify(before.options)) this.connection?.refresh();
    this.updated(before);
  }

  #theme() {
    const theme = readTheme(this.root);
    if (sameTheme(theme, this.theme)) return;
    this.theme = theme;
    this.root.dataset.dark = String(theme.dark);
    this.themed();
  }

  #follow(runId) {
    const leave = this.leave;
    this.leave = this.connection = null;
    this.ignore?.();
    this.ignore = null;
    this.left();
    if (runId) {
      this.ignore = picked(runId).subscribe((value) => this.picked(value));
      const member = {
        name: this.name,
        views: () => this.views(),
        draw: (message) => this.draw(message),
        link: (link) => this.linked(link),
        sought: (step) => this.sought(step),
        error: (text) => this.refused(text),
        halt: (on) => this.halt(on),
      };
      const url = liveAddress(runId);
      // The member hears of the link while it joins, so the connection must be known before.
      ({ connection: this.connection, leave: this.leave } = join(url, member, (c) => (this.connection = c)));
    }
    leave?.();
  }

  destroy() {
    this.sizes.disconnect();
    this.leave?.();
    this.ignore?.();
    this.leave = this.connection = this.ignore = null;
    this.root.replaceChildren();
  }

  /** The options of this component's view; with `data.follow` the image that is picked on this page is one of them. */
  get options() {
    const { follow, options = {}, run_id: runId } = this.data;
    return follow && runId ? { ...options, image: picked(runId).get() } : (options ?? {});
  }

  // -- for the components to fill in --------------------------------------------------------------------------------

  get name() {
    return this.root.className;
  }

  /** {name: options} of the views this component looks at. */
  views() {
    return {};
  }

  draw(_message) {}

  /** Another image is picked on this page. */
  picked(_value) {
    if (this.data.follow) this.connection?.refresh();
  }

  linked(link) {
    this.link = link;
    this.root.dataset.link = link.state;
  }

  /** Somebody on this page wants to look at a step; null = now. */
  sought(_step) {}

  /** The server would not do what was asked. */
  refused(_text) {}

  /** Stop asking for what takes long, or ask for it again. */
  halt(_on) {}

  /** The run is another one from here on. */
  left() {}

  themed() {}

  resized() {}

  updated(_before) {}
}
