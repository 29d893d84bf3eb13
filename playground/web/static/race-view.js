// A race of optimizers on a page: the server works it out once (a job of its studio), the stage plays it.

import { ToldJob } from "./job-told.js";
import { LiveComponent } from "./live-component.js";
import { plotly } from "./plotly.js";
import { RaceStage } from "./race-stage.js";

export class RaceView extends LiveComponent {
  constructor(root) {
    super(root);
    this.stage = new RaceStage(root, plotly, (x, y) => this.#chosen(x, y));
    this.job = new ToldJob(this, this.stage.told, {
      progress: "How much of the race is worked out",
      stop: "Stop working the race out",
      take: (body, working) => this.#news(body, working),
      rest: () => this.stage.summary(this.data.hint ?? ""),
    });
  }

  updated(before) {
    const { data, stage } = this;
    this.root.style.height = data.height;
    this.root.setAttribute("aria-label", data.label ?? "Race");
    stage.field(data.racers);
    if (JSON.stringify(data.ground) !== JSON.stringify(before.ground)) stage.on(data.ground, data.pick);
    if (data.job !== before.job) this.#follow(data.job);
    stage.draw(this.theme);
  }

  #follow(id) {
    this.stage.forget();
    this.job.follow(id);
  }

  #news(body, working) {
    if (body) this.stage.take(JSON.parse(new TextDecoder().decode(body)), working);
    else if (!working) this.stage.ended();
  }

  /** A press on the map: a new start. */
  #chosen(x, y) {
    this.job.stop();
    this.stage.forget();
    this.job.begin();
    this.stage.show(0);
    this.emit("start", { x, y });
  }

  themed() {
    if (this.data.racers) this.stage.draw(this.theme);
  }

  resized() {
    this.stage.resized();
  }

  destroy() {
    this.job.stop();
    this.stage.destroy();
    super.destroy();
  }
}
