// What a film says beside its pictures: numbers, and what the colours mean.

const film = JSON.parse(document.getElementById("film").textContent);
const $ = (id) => document.getElementById(id);

function showKeys(place, entries) {
  for (const [sign, colour, text] of entries) {
    const key = document.createElement("span");
    const mark = document.createElement("b");
    mark.textContent = sign;
    mark.style.color = colour;
    key.append(mark, ` ${text}`);
    place.append(key);
  }
}

function number(value, digits = 3) {
  if (value === null || value === undefined) return "–";
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)) return value.toExponential(1).replace("-", "−");
  return value.toFixed(digits).replace("-", "−");
}

function readings() {
  const percent = film.metric === "accuracy";
  const metric = (value) => (percent && value !== null ? `${(100 * value).toFixed(1)} %` : number(value));
  const name = percent ? "accuracy" : "R²";
  const tested = film.moments.some(({ test_loss: loss }) => loss !== null);
  return [
    ["Epoch", ({ epoch }) => number(epoch, epoch < 10 && epoch % 1 ? 2 : 0)],
    ["Step", ({ step }) => step.toLocaleString("en")],
    ["Training loss", ({ train_loss: loss }) => number(loss)],
    ["Test loss", ({ test_loss: loss }) => number(loss), tested],
    [`Training ${name}`, ({ train_metric: value }) => metric(value)],
    [`Test ${name}`, ({ test_metric: value }) => metric(value), tested],
  ].filter(([, , shown]) => shown !== false);
}
