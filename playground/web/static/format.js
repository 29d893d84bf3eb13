// Numbers as a person reads them, in few and steady characters.

const WHOLE = new Intl.NumberFormat("en");

/** 12345 -> "12,345". */
export function whole(value) {
  return isNumber(value) ? WHOLE.format(Math.round(value)) : "–";
}

/** A weight or a bias: three decimals, or an exponent where those say nothing. */
export function number(value) {
  if (!isNumber(value)) return "–";
  const size = Math.abs(value);
  const text = size !== 0 && (size < 0.001 || size >= 10_000) ? value.toExponential(1) : value.toFixed(size < 10 ? 3 : 1);
  return text.replace("-", "−");
}

/** A number in a formula: as short as it can be read. */
export function factor(value) {
  if (!isNumber(value)) return "–";
  const size = Math.abs(value);
  if (size === 0) return "0";
  const text = size >= 10_000 ? value.toExponential(1) : value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.095 ? 2 : 3);
  return text.replace("-", "−");
}

/** A loss: four decimals while it is small, fewer as it grows. */
export function loss(value) {
  if (!isNumber(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.00005 || size >= 100_000)) return value.toExponential(1).replace("-", "−");
  return value.toFixed(size < 10 ? 4 : size < 1000 ? 2 : 0).replace("-", "−");
}

/** A learning rate: as short as it can be said. */
export function rate(value) {
  if (!isNumber(value)) return "–";
  return value !== 0 && value < 0.0001 ? value.toExponential(1).replace("-", "−") : String(Number(value.toPrecision(3)));
}

/** Epochs: whole when a run takes many, with a decimal in its first ones. */
export function epochs(value) {
  if (!isNumber(value)) return "–";
  return value < 10 && value % 1 !== 0 ? value.toFixed(1) : WHOLE.format(Math.floor(value + 1e-9));
}

/** A speed, in two or three digits. */
export function speed(value) {
  if (!isNumber(value)) return "–";
  return value < 10 ? value.toFixed(1) : WHOLE.format(Number(value.toPrecision(value < 1000 ? 3 : 2)));
}

/** A metric: accuracy as a percentage, anything else with three decimals. */
export function metric(name, value) {
  if (!isNumber(value)) return "–";
  return /accuracy/i.test(name) ? `${(100 * value).toFixed(1)} %` : value.toFixed(3).replace("-", "−");
}

function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}
