// A race's numbers: the ground with its heights, and where every racer is at any moment of it.

/** Heights over a plane, between the places where they are known. */
export class Ground {
  constructor({ x, y, z, low, high, log, lowest, soft, ...more }) {
    Object.assign(this, { x, y, z, low, high, log, lowest, soft, ...more });
    this.lift = (high - low) * 0.014; // balls and trails lie on the surface, not half in it
  }

  /** The height as it is drawn; NaN beside the ground. */
  height(x, y) {
    const column = place(this.x, x);
    const row = place(this.y, y);
    if (Number.isNaN(column) || Number.isNaN(row)) return Number.NaN;
    const i = Math.min(Math.floor(column), this.x.length - 2);
    const j = Math.min(Math.floor(row), this.y.length - 2);
    const [a, b] = [column - i, row - j];
    const near = (1 - a) * this.z[j][i] + a * this.z[j][i + 1];
    const far = (1 - a) * this.z[j + 1][i] + a * this.z[j + 1][i + 1];
    return (1 - b) * near + b * far;
  }
}

/** Where a number lies on an evenly spaced axis, in places; NaN outside of it. */
function place(axis, value) {
  const last = axis.length - 1;
  const at = ((value - axis[0]) / (axis[last] - axis[0])) * last;
  return at >= 0 && at <= last ? at : Number.NaN;
}

/** A race: moments, and every racer's way through them. */
export class Course {
  constructor({ steps, racers }, ground) {
    this.steps = steps;
    this.ground = ground;
    this.racers = racers.map((racer) => ({ ...racer, end: lastFinite(racer.loss), z: heights(racer, ground) }));
    this.last = Math.max(0, steps.length - 1);
    this.placed = Boolean(ground) && this.racers.some(({ x }) => Number.isFinite(x[0]));
  }

  /** The step at moment `at` (a place between two moments may be asked for, too). */
  step(at) {
    return Math.round(between(this.steps, at));
  }

  /** Where racer `index` is: {x, y, z, loss, over}; after its end it stays where it was last, and `over` says so. */
  at(index, at) {
    const { x, y, z, loss, end } = this.racers[index];
    const here = Math.min(at, end);
    return { x: between(x, here), y: between(y, here), z: between(z, here), loss: between(loss, here), over: at > end };
  }

  /** How many whole moments of racer `index` lie behind it. */
  behind(index, at) {
    return Math.floor(Math.min(at, this.racers[index].end)) + 1;
  }

  /** What is to be told of racer `index` by then: {kind, step} or null. */
  event(index, at) {
    const { arrived, diverged } = this.racers[index];
    const now = this.step(at);
    if (diverged !== null && now >= diverged) return { kind: "diverged", step: diverged };
    if (arrived !== null && now >= arrived) return { kind: "arrived", step: arrived };
    return null;
  }

  /** Who has the lowest loss by then; -1 at the start, where all are alike. */
  leader(at) {
    const losses = this.racers.map((_, index) => this.at(index, at)).map(({ loss, over }) => (over ? Infinity : loss));
    const least = Math.min(...losses);
    return Number.isFinite(least) && losses.some((loss) => loss > least) ? losses.indexOf(least) : -1;
  }
}

/** The number at a place between two of a list. */
function between(list, at) {
  const i = Math.min(Math.floor(at), list.length - 1);
  const next = list[Math.min(i + 1, list.length - 1)];
  return at === i || !Number.isFinite(next) ? list[i] : list[i] + (next - list[i]) * (at - i);
}

function lastFinite(list) {
  let end = list.length - 1;
  while (end > 0 && !Number.isFinite(list[end])) end -= 1;
  return end;
}

function heights({ x, y }, ground) {
  const found = new Float32Array(x.length);
  for (let i = 0; i < x.length; i += 1) found[i] = ground ? ground.height(x[i], y[i]) + ground.lift : Number.NaN;
  return found;
}
