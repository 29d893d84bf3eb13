// Who is who: colour, name, loss now, and what became of each racer.

import { loss as shown } from "./format.js";

export class RaceTable {
  constructor(root) {
    this.root = root;
    this.key = "";
  }

  /** Rows for these racers; nothing happens where they are the same as before. */
  racers(racers) {
    const key = JSON.stringify(racers);
    if (key === this.key) return;
    this.key = key;
    const table = document.createElement("table");
    table.createCaption().textContent = "Racers";
    const head = table.createTHead().insertRow();
    for (const text of ["Racer", "Loss now", "So far"]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = text;
      head.append(cell);
    }
    const body = table.createTBody();
    this.rows = racers.map(({ name, colour }) => {
      const row = body.insertRow();
      const title = document.createElement("th");
      title.scope = "row";
      const dot = document.createElement("i");
      dot.style.background = colour;
      title.append(dot, name);
      row.append(title);
      return { row, loss: row.insertCell(), event: row.insertCell() };
    });
    this.root.replaceChildren(table);
  }

  /** What is so at a moment; without a race, nothing. */
  show(course, at) {
    const leader = course ? course.leader(at) : -1;
    this.rows?.forEach(({ row, loss, event }, index) => {
      const here = course?.racers[index];
      const told = here ? course.event(index, at) : null;
      put(loss, here ? shown(course.at(index, at).loss) : "");
      put(event, told ? `${told.kind} at step ${told.step.toLocaleString("en")}` : index === leader ? "leads" : "");
      row.dataset.event = told?.kind ?? "";
      row.dataset.leads = String(index === leader);
    });
  }
}

function put(cell, text) {
  if (cell.textContent !== text) cell.textContent = text;
}
