// Colours. The page's own come from Streamlit's CSS variables; the data's are the same in light and dark.

/** Orange is negative, white is zero, blue is positive (TensorFlow Playground's; safe for colour-blind eyes). */
export const NEGATIVE = [245, 147, 34];
export const ZERO = [255, 255, 255];
export const POSITIVE = [8, 119, 189];

/** 256 opaque RGBA colours from negative over zero to positive, as the 32-bit words of an ImageData. */
export const DIVERGING = divergingTable();

function divergingTable() {
  const rgba = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i += 1) {
    const t = (i - 127.5) / 127.5;
    const end = t < 0 ? NEGATIVE : POSITIVE;
    for (let c = 0; c < 3; c += 1) rgba[4 * i + c] = ZERO[c] + (end[c] - ZERO[c]) * Math.abs(t);
    rgba[4 * i + 3] = 255;
  }
  return new Uint32Array(rgba.buffer);
}

/** What Streamlit's theme says here: `{text, background, surface, border, faint, font, dark}`. */
export function readTheme(element) {
  const style = getComputedStyle(element);
  const read = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
  const background = read("--st-background-color", "#ffffff");
  const text = read("--st-text-color", "#31333f");
  const dark = luminance(background) < 0.4;
  return {
    text,
    background,
    dark,
    surface: read("--st-secondary-background-color", dark ? "#262730" : "#f0f2f6"),
    border: read("--st-border-color", dark ? "#3d4044" : "#d5d8df"),
    primary: read("--st-primary-color", "#0877bd"),
    faint: dark ? "rgba(250, 250, 250, 0.14)" : "rgba(49, 51, 63, 0.12)",
    font: read("--st-font", "sans-serif"),
    link: dark ? { negative: [255, 167, 66], positive: [74, 172, 240] } : { negative: NEGATIVE, positive: POSITIVE },
  };
}

/** Whether two themes would draw the same. */
export function sameTheme(a, b) {
  return Boolean(a && b) && JSON.stringify(a) === JSON.stringify(b);
}

export function luminance(colour) {
  const [r, g, b] = rgb(colour);
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}

/** "#rgb", "#rrggbb" or "rgb(...)" as three numbers. */
export function rgb(colour) {
  const hex = colour.match(/^#([0-9a-f]{3,8})$/i)?.[1];
  if (hex) {
    const full = hex.length < 6 ? [...hex].map((digit) => digit + digit).join("") : hex;
    return [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16));
  }
  return (colour.match(/[\d.]+/g) ?? [255, 255, 255]).slice(0, 3).map(Number);
}

/** Whether the person asked their system for calm. */
export function prefersCalm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
