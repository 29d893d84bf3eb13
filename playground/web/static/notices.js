// The one line that says what a person has to know just now; nothing else moves when it changes.

import { whole } from "./format.js";

const STATES = {
  waiting: { level: "warning", text: "Connection lost. Reconnecting …" },
  gone: { level: "error", text: "This run is no longer on the server. Press play to start it again." },
  refused: { level: "error", text: "The server refused the connection" },
};

const HINTS = {
  ready: "Press play (or the space bar) to train. Press ? for all keys.",
  playing: "Drag the timeline, or click in the curves, to see any earlier moment; the run goes on meanwhile.",
  paused: "Paused. Press play to go on, → for one step, E for one epoch.",
  finished: "Finished: the last epoch is reached. Reset to start again.",
  lost: "This run was stopped by an error. Reset it, or change the experiment.",
};

/** The line for a link and a status: `{level, text}`; the most urgent wins. Text may be empty. */
export function noticeFor(link, status, refusal) {
  const lost = STATES[link.state];
  if (lost && !(link.state === "waiting" && link.attempt < 2)) {
    return link.state === "refused" && link.text ? { ...lost, text: `${lost.text}: ${link.text}` } : lost;
  }
  if (refusal) return { level: "warning", text: refusal };
  if (!status) return { level: "info", text: "Connecting …" };
  if (status.divergence) return { level: "error", text: divergence(status.divergence) };
  if (status.notice?.text) return { level: status.notice.level ?? "info", text: status.notice.text };
  return { level: "info", text: plain(status) };
}

function divergence({ step, layer, reason, advice }) {
  const where = layer ? ` in ${layer}` : "";
  return `Stopped at step ${whole(step)}${where}: ${reason ?? "the loss is no longer a number"}. ${advice ?? ""}`.trim();
}

/** Nothing is wrong: what could be done next. */
function plain({ state, at }) {
  if (at !== null && at !== undefined) return "You are looking at the past. Drag to the right end or press Live to follow the run.";
  return HINTS[state] ?? "";
}
