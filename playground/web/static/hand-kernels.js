// Kernels that everybody should have seen at work, for any size, and small pictures to try them on.

const EMBEDDED = {
  sharpen: [0, -1, 0, -1, 5, -1, 0, -1, 0],
  emboss: [-2, -1, 0, -1, 1, 1, 0, 1, 2],
  outline: [-1, -1, -1, -1, 8, -1, -1, -1, -1],
};

/** What can be picked, by name: what it is called, and what to look for. */
export const KERNELS = {
  identity: { label: "Identity", about: "One in the middle, zeros around it: the image comes out as it went in." },
  blur: { label: "Blur", about: "All weights alike, with sum 1: every pixel becomes the mean of its neighbours." },
  sharpen: { label: "Sharpen", about: "What a pixel has more than its neighbours is counted several times." },
  sobel_x: { label: "Sobel x", about: "Right minus left: strong on upright edges, zero where nothing changes from left to right." },
  sobel_y: { label: "Sobel y", about: "Below minus above: strong on level edges, zero where nothing changes from top to bottom." },
  emboss: { label: "Emboss", about: "Lower right minus upper left, plus the pixel: as if light fell on a relief." },
  outline: { label: "Outline", about: "A pixel against all its neighbours; the weights' sum is 0, so even areas vanish." },
};

export const LARGEST = 7;

/** The weights of a kernel of KERNELS, size * size of them. The binomial ones (Sobel) grow as they are known for 3 and 5. */
export function kernelOf(name, size) {
  if (name === "blur") return new Array(size * size).fill(1 / (size * size));
  if (name === "sobel_x") return outer(binomial(size), slope(size));
  if (name === "sobel_y") return outer(slope(size), binomial(size));
  return resized(EMBEDDED[name] ?? [1], EMBEDDED[name] ? 3 : 1, size);
}

/** The least size in which a kernel is itself. */
export function leastSize(name) {
  if (name in EMBEDDED) return 3;
  return name.startsWith("sobel") ? 2 : 1;
}

/** A kernel in another size, its middle kept in the middle: zeros are added around it, or its edge is cut off. */
export function resized(weights, from, to) {
  const shift = Math.floor(to / 2) - Math.floor(from / 2);
  const out = new Array(to * to).fill(0);
  for (let row = 0; row < from; row += 1) {
    for (let column = 0; column < from; column += 1) {
      const [y, x] = [row + shift, column + shift];
      if (y >= 0 && y < to && x >= 0 && x < to) out[y * to + x] = weights[row * from + column];
    }
  }
  return out;
}

/** 1, 2, 1 for 3; 1, 4, 6, 4, 1 for 5: nearly a bell. */
function binomial(size) {
  let row = [1];
  while (row.length < size) row = [1, ...row.slice(1).map((value, at) => value + row[at]), 1];
  return row;
}

/** −1, 0, 1 for 3: the difference of two neighbouring bells. */
function slope(size) {
  if (size < 2) return [0];
  const bell = binomial(size - 1);
  return Array.from({ length: size }, (_, at) => (bell[at - 1] ?? 0) - (bell[at] ?? 0));
}

function outer(column, row) {
  return column.flatMap((a) => row.map((b) => a * b));
}

/** Pictures small enough that every pixel's number can be read. */
export const PICTURES = {
  seven: {
    label: "A small seven (8 × 8)",
    map: drawn(["........", ".######.", ".####+#.", "....+#+.", "...+#+..", "...##...", "..+#+...", "..##...."]),
  },
  frame: {
    label: "A frame (10 × 10)",
    map: drawn([
      "..........", ".########.", ".########.", ".##....##.", ".##....##.",
      ".##....##.", ".##....##.", ".########.", ".########.", "..........",
    ]),
  },
  stripes: {
    label: "Stripes (12 × 12)",
    map: made(12, (row, column) => (row < 6 ? column % 4 < 2 : (row - 6) % 4 < 2)),
  },
  disc: {
    label: "A soft disc (16 × 16)",
    map: made(16, (row, column) => Math.max(0, Math.min(1, 6.5 - Math.hypot(row - 7.5, column - 7.5)))),
  },
};

function drawn(lines) {
  return made(lines.length, (row, column) => ({ "#": 1, "+": 0.5 })[lines[row][column]] ?? 0);
}

function made(size, at) {
  const values = Float64Array.from({ length: size * size }, (_, i) => Number(at(Math.floor(i / size), i % size)));
  return { values, channels: 1, height: size, width: size };
}
