// Plays a film: the slider, the button, the keys, and which moment is shown. What is drawn is the stage's.

const PACE = 14; // frames a second at 1×
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

/** stage: show(k) draws a moment; themed() takes the colours of the page; node: whose size it depends on. */
class Player {
  constructor(stage) {
    this.stage = stage;
    this.at = 0;
    this.last = film.moments.length - 1;
    this.readings = readings().map(([name, read]) => ({ read, place: this.#reading(name) }));
    this.#wire();
    this.show(STILL.matches ? this.last : 0);
  }

  #reading(name) {
    const [group, term, value] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
    term.textContent = name;
    group.append(term, value);
    $("readings").append(group);
    return value;
  }

  #wire() {
    $("slider").max = this.last;
    $("slider").disabled = $("play").disabled = this.last === 0;
    $("slider").addEventListener("input", () => this.pause().show(Number($("slider").value)));
    $("play").addEventListener("click", () => (this.playing ? this.pause() : this.play()));
    document.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.stage.show(this.at)).observe(this.stage.node);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.stage.themed();
      this.stage.show(this.at);
    });
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || ["SELECT", "INPUT", "BUTTON"].includes(event.target.tagName)) return;
    if (event.key === " ") this.playing ? this.pause() : this.play();
    else if (event.key === "ArrowRight") this.pause().show(Math.min(this.last, this.at + 1));
    else if (event.key === "ArrowLeft") this.pause().show(Math.max(0, this.at - 1));
    else return;
    event.preventDefault();
  }

  /** To the moment nearest to an epoch. */
  seek(epoch) {
    const far = film.moments.map((moment) => Math.abs(moment.epoch - epoch));
    this.pause().show(far.indexOf(Math.min(...far)));
  }

  show(k) {
    this.at = k;
    this.stage.show(k);
    const moment = film.moments[k];
    for (const { read, place } of this.readings) place.textContent = read(moment);
    $("slider").value = k;
    $("moment").textContent = `epoch ${number(moment.epoch, moment.epoch < 10 && moment.epoch % 1 ? 2 : 0)}`;
    $("slider").setAttribute("aria-valuetext", `${$("moment").textContent}, training loss ${number(moment.train_loss)}`);
  }

  play() {
    if (this.last === 0) return;
    this.playing = true;
    $("play").textContent = "Pause";
    let place = this.at === this.last ? 0 : this.at;
    let before = null;
    const go = (now) => {
      if (!this.playing) return;
      place += before === null ? 0 : ((now - before) / 1000) * PACE * Number($("speed").value);
      before = now;
      const k = Math.min(this.last, Math.floor(place));
      if (k !== this.at) this.show(k);
      if (k === this.last) this.pause();
      else requestAnimationFrame(go);
    };
    requestAnimationFrame(go);
  }

  pause() {
    this.playing = false;
    $("play").textContent = "Play";
    return this;
  }
}

/** The page, once `made`, a promise, has the stage. */
function begin(made) {
  $("title").textContent = film.title;
  $("about").textContent = film.about;
  made
    .then((stage) => {
      globalThis.player = new Player(stage);
      document.body.dataset.ready = "true";
      if (!STILL.matches) globalThis.player.play();
    })
    .catch((error) => {
      $("note").textContent = `This browser cannot play the film (${error.message}). A newer one can.`;
    });
}
