// Arrays as they travel: base64 typed arrays, and maps squeezed into one byte a value.

const TYPES = {
  i1: Int8Array, u1: Uint8Array, u1c: Uint8ClampedArray, i2: Int16Array, u2: Uint16Array,
  i4: Int32Array, u4: Uint32Array, f4: Float32Array, f8: Float64Array,
};

/** Base64 text -> Uint8Array. */
export function bytes(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) out[i] = text.charCodeAt(i);
  return out;
}

/** True for `{dtype, bdata}` (Plotly's typed array form) and `{q: "u1", bdata}` (ours). */
export function isPacked(value) {
  return value !== null && typeof value === "object" && typeof value.bdata === "string";
}

/** The shape as numbers: "3, 4" and [3, 4] both give [3, 4]; without one, a flat array's. */
export function shapeOf(packed, length) {
  const { shape } = packed;
  if (Array.isArray(shape)) return shape;
  if (typeof shape === "number") return [shape];
  if (typeof shape === "string" && shape.trim()) return shape.split(",").map(Number);
  return [length];
}

/** A packed array -> `{values, shape}`: flat typed array, C order. Quantised ones become Float32Array. */
export function decode(packed) {
  const raw = bytes(packed.bdata);
  if (packed.q) return { values: dequantise(raw, packed), shape: shapeOf(packed, raw.length) };
  const Type = TYPES[packed.dtype];
  if (!Type) throw new Error(`Unknown array type ${packed.dtype}`);
  const values = new Type(raw.buffer, raw.byteOffset, raw.byteLength / Type.BYTES_PER_ELEMENT);
  return { values, shape: shapeOf(packed, values.length) };
}

/** One byte a value -> Float32Array: 0 is `lo`, 255 is `hi`. With lists of lo and hi, one pair per first index. */
export function dequantise(raw, { lo, hi, shape }) {
  const out = new Float32Array(raw.length);
  const pairs = Array.isArray(lo) ? lo.length : 1;
  const stride = pairs > 1 ? raw.length / (Array.isArray(shape) ? shape[0] : pairs) : raw.length;
  for (let start = 0, pair = 0; start < raw.length; start += stride, pair += 1) {
    const base = Array.isArray(lo) ? lo[pair] : lo;
    const scale = ((Array.isArray(hi) ? hi[pair] : hi) - base) / 255;
    const end = Math.min(start + stride, raw.length);
    for (let i = start; i < end; i += 1) out[i] = base + scale * raw[i];
  }
  return out;
}

/** A packed array in the form Plotly draws from: flat typed array, or an array of typed rows. */
export function unpack(packed) {
  const { values, shape } = decode(packed);
  return shape.length < 2 ? values : nest(values, shape);
}

function nest(values, [count, ...inner]) {
  const size = inner.reduce((product, n) => product * n, 1);
  const rows = new Array(count);
  for (let i = 0; i < count; i += 1) {
    const row = values.subarray(i * size, (i + 1) * size);
    rows[i] = inner.length > 1 ? nest(row, inner) : row;
  }
  return rows;
}

/** A copy of a plain structure with every packed array in it decoded. */
export function unpackAll(value) {
  if (isPacked(value)) return unpack(value);
  if (Array.isArray(value)) return value.length && typeof value[0] === "object" ? value.map(unpackAll) : value;
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unpackAll(inner)]));
  }
  return value;
}
