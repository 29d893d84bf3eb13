// One WebSocket per run and page, shared by every component that looks at the run.
//
// Latest wins: a message that arrives before the last one is drawn is merged into it, and the server sends the next
// only after the acknowledgement that goes out when the drawing begins. A hidden tab watches nothing.

import { Seeker } from "./seeker.js";

const SHARED = (globalThis.__networkPlayground ??= {});
const connections = (SHARED.connections ??= new Map());

const RETRY_MS = [250, 500, 1000, 2000, 4000, 5000];
const RELEASE_MS = 1500; // how long a connection outlives its last component (a page change, a remount)
const SILENCE_MS = 10_000; // after this much silence ask the server whether it is still there
const PATIENCE_MS = 6_000; // and this long to answer

/** Closing codes after which trying again is pointless. */
const FINAL = { 4404: "gone", 1008: "refused", 1009: "refused" };

/** Join the page's connection to a run. `member` = {name, views(), draw(message), link(link), sought(step), error(text)};
 * `known` gets the connection before the member hears from it. Gives `{connection, leave()}`. */
export function join(url, member, known = () => {}) {
  let connection = connections.get(url);
  if (!connection || connection.isFinal) {
    connection?.dispose();
    connection = new Connection(url);
    connections.set(url, connection);
  }
  known(connection);
  return { connection, leave: connection.add(member) };
}

/** The later of two messages, keeping any base that only the earlier one carried. */
export function merge(earlier, later) {
  if (!earlier) return later;
  const views = { ...earlier.views };
  for (const [name, view] of Object.entries(later.views ?? {})) {
    const before = views[name];
    const base = view.base ?? (before && before.rev === view.rev ? before.base : undefined);
    views[name] = base === undefined ? view : { ...view, base };
  }
  return { ...later, views };
}

export class Connection {
  constructor(url) {
    this.url = url;
    this.members = new Set();
    this.views = {}; // the latest of each view, for a component that joins later
    this.status = null;
    this.link = { state: "connecting", attempt: 0, text: "" };
    this.stats = { received: 0, drawn: 0, draw_ms: 0, views: {} };
    this.seeker = new Seeker(() => this.#watch());
    this.pending = null;
    this.waiting = []; // controls given before the first connection is open
    this.#listenToPage();
    this.#open();
  }

  get isFinal() {
    return this.link.state === "gone" || this.link.state === "refused";
  }

  /** What is looked at: null = now, else the step asked for. */
  get at() {
    return this.seeker.wanted;
  }

  add(member) {
    this.members.add(member);
    clearTimeout(this.releasing);
    member.link(this.link);
    member.sought(this.at);
    if (this.status) this.#drawFor(member, { status: this.status, views: this.views });
    this.refresh();
    return () => {
      if (!this.members.delete(member)) return;
      this.refresh();
      if (this.members.size === 0) this.releasing = setTimeout(() => this.dispose(), RELEASE_MS);
    };
  }

  /** Ask for another set of views soon (several components that change together cost one message). */
  refresh() {
    if (this.refreshing) return;
    this.refreshing = true;
    queueMicrotask(() => {
      this.refreshing = false;
      this.#watch();
    });
  }

  /** Look at a step of the past; null for now. Every component of the page follows. */
  seek(step) {
    if (step === this.seeker.wanted) return;
    this.seeker.want(step);
    for (const member of this.members) member.sought(step);
  }

  /** play, pause, step, epoch, reset, speed, rewind. False when there is no connection to carry it. */
  control(op, value = null) {
    const message = { t: "control", op, value };
    if (this.#send(message)) return true;
    if (this.link.state !== "connecting" || this.link.attempt > 0) return false;
    this.waiting.push(message);
    return true;
  }

  dispose() {
    this.disposed = true;
    if (connections.get(this.url) === this) connections.delete(this.url);
    clearTimeout(this.retry);
    clearTimeout(this.releasing);
    clearInterval(this.pulse);
    cancelAnimationFrame(this.drawing);
    this.page.abort();
    this.seeker.stop();
    this.socket?.close(1000);
  }

  // -- the socket ---------------------------------------------------------------------------------------------------

  #open() {
    if (this.disposed) return;
    clearTimeout(this.retry);
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.sent = null;
    this.heard = performance.now();
    socket.onopen = () => {
      this.#setLink({ state: "open", attempt: 0, text: "" });
      this.seeker.forget();
      this.#watch();
      for (const message of this.waiting.splice(0)) this.#send(message);
    };
    socket.onmessage = (event) => socket === this.socket && this.#receive(event.data);
    socket.onclose = (event) => socket === this.socket && this.#closed(event);
  }

  #closed({ code, reason }) {
    if (this.disposed) return;
    this.socket = null;
    if (FINAL[code]) {
      this.#setLink({ state: FINAL[code], attempt: 0, text: reason });
      return;
    }
    const attempt = this.link.attempt + 1;
    const wait = RETRY_MS[Math.min(attempt, RETRY_MS.length) - 1];
    this.#setLink({ state: "waiting", attempt, text: reason });
    // The jitter keeps a whole classroom from coming back in the same instant.
    this.retry = setTimeout(() => this.#open(), wait * (0.75 + Math.random() / 2));
  }

  #setLink(link) {
    this.link = link;
    for (const member of this.members) member.link(link);
  }

  #send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  #watch() {
    const views = {};
    if (!document.hidden) for (const member of this.members) Object.assign(views, member.views());
    const message = { t: "watch", views, at: this.seeker.wanted };
    const text = JSON.stringify(message);
    if (text === this.sent) return;
    if (this.#send(message)) {
      this.sent = text;
      this.seeker.sent();
    }
  }

  // -- frames -------------------------------------------------------------------------------------------------------

  #receive(text) {
    this.heard = performance.now();
    const message = JSON.parse(text);
    if (message.t === "error") for (const member of this.members) member.error(message.text);
    if (message.t !== "frame") return;
    this.stats.received += 1;
    this.pending = merge(this.pending, message);
    if (document.hidden) this.#send({ t: "ack", n: message.n });
    else this.drawing ??= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.drawing = null;
    const message = this.pending;
    this.pending = null;
    if (!message) return;
    // The server works on the next frame while this one is drawn; that one waits in turn until this is done.
    this.#send({ t: "ack", n: message.n });
    const started = performance.now();
    if (this.#remember(message)) {
      for (const member of this.members) this.#drawFor(member, message);
      this.seeker.arrived(message.status?.at ?? null);
    }
    this.stats.drawn += 1;
    this.stats.draw_ms = performance.now() - started;
  }

  /** Keep what a later component needs. False when the server believes we have a base that we have not. */
  #remember(message) {
    this.status = message.status ?? this.status;
    for (const [name, view] of Object.entries(message.views ?? {})) {
      const known = this.views[name];
      const base = view.base ?? (known?.rev === view.rev ? known.base : undefined);
      if (view.error) continue; // nothing to keep: what could not be drawn once will be tried again
      if (base === undefined) {
        this.socket?.close(4000, "a frame without its base"); // starting over costs one round trip
        return false;
      }
      this.views[name] = { rev: view.rev, base, frame: view.frame ?? known?.frame };
    }
    return true;
  }

  #drawFor(member, message) {
    const started = performance.now();
    try {
      member.draw(message);
    } catch (error) {
      console.error("A live view could not draw a frame", error); // one broken view must not stop the others
    }
    this.stats.views[member.name] = performance.now() - started;
  }

  // -- the page around us -------------------------------------------------------------------------------------------

  #listenToPage() {
    this.page = new AbortController();
    const { signal } = this.page;
    document.addEventListener("visibilitychange", () => this.#visibility(), { signal });
    window.addEventListener("online", () => this.#hurry(), { signal });
    this.pulse = setInterval(() => this.#checkPulse(), 2000);
  }

  #visibility() {
    this.#watch();
    if (document.hidden) return;
    if (this.pending) this.drawing ??= requestAnimationFrame(() => this.#draw());
    this.#hurry();
  }

  #hurry() {
    if (this.link.state === "waiting") this.#open();
  }

  #checkPulse() {
    if (document.hidden || this.socket?.readyState !== WebSocket.OPEN) return;
    const silence = performance.now() - this.heard;
    if (silence > SILENCE_MS + PATIENCE_MS) {
      const socket = this.socket;
      socket.onclose = null; // a dead network answers a close only after minutes
      socket.close();
      this.#closed({ code: 1006, reason: "" });
    } else if (silence > SILENCE_MS) this.#send({ t: "ping" });
  }
}
