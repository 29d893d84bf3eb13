// A comparison of two terrains on a page: the server works it out (a job of its studio), the stage shows it.

import { CompareStage } from "./compare-stage.js";
import { ToldJob } from "./job-told.js";
import { LiveComponent } from "./live-component.js";
import { plotly } from "./plotly.js";

export class CompareView extends LiveComponent {
  constructor(root) {
    super(root);
    this.stage = new CompareStage(root, plotly);
    this.job = new ToldJob(this, this.stage.told, {
      progress: "How much of the comparison is worked out",
      stop: "Stop working the comparison out",
      take: (body) => body && this.stage.take(JSON.parse(new TextDecoder().decode(body))),
      rest: () => "",
    });
  }

  updated(before) {
    const { data } = this;
    this.root.style.height = data.height;
    if (data.job !== before.job) this.job.follow(data.job);
    this.stage.look(data, this.theme);
  }

  resized() {
    this.stage.draw();
  }

  themed() {
    if (this.data.names) this.stage.look(this.data, this.theme);
  }

  destroy() {
    this.job.stop();
    this.stage.destroy();
    super.destroy();
  }
}
