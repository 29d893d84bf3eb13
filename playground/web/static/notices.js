// The one line that says what a person has to know just now; nothing else moves when it changes.

import { whole } from "./format.js";

const STATES = {
  waiting: { level: "warning", text: "The connection is gone. Reconnecting; the run goes on at the server." },
  gone: { level: "error", text: "This run is no longer on the server. Press play to start it again." },
  refused: { level: "error", text: "The server refused the connection" },
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
  return `Stopped at step ${whole(step)}: ${reason ?? "the loss is no longer a number"}${where}. ${advice ?? ""}`.trim();
}

function plain({ state, at, engine_reason: reason }) {
  if (at !== null && at !== undefined) return "You are looking at the past. Drag to the right end or press Live to follow the run.";
  if (state === "finished") return "Finished: the last epoch is reached. Reset to start again.";
  if (state === "lost") return "The worker that trained this run stopped; it is being replaced.";
  if (state === "ready") return "Press play (or the space bar) to train. Press ? for all keys.";
  return reason ?? "";
}
