// A comparison that was taken away: the stage of the page, and what it shows.

import { CompareStage } from "./compare-stage.js";
import { readTheme } from "./theme.js";

const $ = (id) => document.getElementById(id);
const film = JSON.parse($("film").textContent);

/** Light or dark, as the system is. */
function look() {
  const theme = readTheme($("stage"));
  $("stage").dataset.dark = String(theme.dark);
  stage.look(film.look, theme);
}

$("title").textContent = film.title;
$("about").textContent = film.about;
$("stage").classList.add("np-compare");
const stage = new CompareStage($("stage"), async () => Plotly);
stage.take(film.result);
look();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", look);
new ResizeObserver(() => stage.draw()).observe($("stage"));
