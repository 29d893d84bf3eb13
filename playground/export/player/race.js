// A race that was taken away: the stage of the page, and what it plays.

import { RaceStage } from "./race-stage.js";
import { readTheme } from "./theme.js";

const $ = (id) => document.getElementById(id);
const film = JSON.parse($("film").textContent);

/** Light or dark, as the system is. */
function theme() {
  const read = readTheme($("stage"));
  $("stage").dataset.dark = String(read.dark);
  return read;
}

$("title").textContent = film.title;
$("about").textContent = film.about;
$("stage").classList.add("np-race");
const stage = new RaceStage($("stage"), async () => Plotly);
stage.field(film.racers);
stage.on(film.ground, false);
stage.take(film.race, false);
stage.draw(theme());
stage.told.textContent = stage.summary("");
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => stage.draw(theme()));
new ResizeObserver(() => stage.resized()).observe($("stage"));
