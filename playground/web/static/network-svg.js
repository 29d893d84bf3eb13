// The network diagram as an SVG of its own, to be printed or put on a slide: what the page paints, in the same places.

import { curve } from "./network-layout.js";
import { eachLink, linkWidth, paintPicture } from "./network-paint.js";

const SHARP = 3; // pixels of a tile's picture for each of the drawing's

/** SVG text of a diagram: `layout` of `arrange`, a `scene` with a frame in it, a light or dark `theme`. */
export function networkSvg({ layout, scene, theme }) {
  const { width, height } = layout;
  const parts = [
    `<rect width="${width}" height="${height}" fill="${theme.background}"/>`,
    ...skips(layout, scene, theme),
    ...links(layout, scene, theme),
    ...layout.columns.flatMap((column, c) => columnParts(layout, scene, theme, column, c)),
  ];
  const font = escape(theme.font);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"` +
    ` font-family="${font}" fill="${theme.text}" role="img"><title>Network diagram</title>${parts.join("")}</svg>`
  );
}

/** Any text as it stands in SVG text and attributes. */
export function escape(text) {
  const signs = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  // Control characters have no place in XML, however they are written.
  return String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[&<>"]/g, (sign) => signs[sign]);
}

const n = (value) => String(Math.round(value * 10) / 10);
const rgb = (channels) => `rgb(${channels.join(",")})`;
const signed = (value, { link }) => rgb(value < 0 ? link.negative : link.positive);

function links(layout, scene, theme) {
  const found = [];
  eachLink(layout, scene, (source, target, weight, number) => found.push({ source, target, weight, number }));
  found.sort((a, b) => Math.abs(a.weight) - Math.abs(b.weight)); // strong ones lie over weak ones
  const widest = linkWidth(layout);
  return found.map(({ source, target, weight, number }) => {
    const { x0, y0, x1, y1, bend } = curve(layout, source, target);
    const strength = Math.min(1, Math.abs(weight) / scene.scale);
    const heard = scene.isSilenced(scene.base.links[number][0], source.unit) ? 0.12 : 1;
    const opacity = heard * (0.18 + 0.77 * Math.sqrt(strength));
    const path = `M${n(x0)} ${n(y0)}C${n(x0 + bend)} ${n(y0)} ${n(x1 - bend)} ${n(y1)} ${n(x1)} ${n(y1)}`;
    const width = Math.max(0.4, 0.4 + widest * strength);
    return `<path d="${path}" fill="none" stroke="${signed(weight, theme)}" stroke-width="${n(width)}" stroke-opacity="${opacity.toFixed(2)}"/>`;
  });
}

function skips(layout, { base }, theme) {
  return (base.skips ?? []).map(([fromColumn, toColumn]) => {
    const [from, to] = [layout.columns[fromColumn], layout.columns[toColumn]];
    const [x0, x1] = [from.x + layout.tile / 2, to.x + layout.tile / 2];
    const [y0, y1] = [from.rows[0].y - 2, to.rows[0].y - 2];
    const peak = Math.min(...layout.columns.slice(fromColumn, toColumn + 1).map(({ rows }) => rows[0].y)) - 16;
    const out = `M${n(x0)} ${n(y0)}C${n(x0)} ${n(peak)} ${n(x0 + 8)} ${n(peak)} ${n(x0 + 24)} ${n(peak)}`;
    const back = `L${n(x1 - 24)} ${n(peak)}C${n(x1 - 8)} ${n(peak)} ${n(x1)} ${n(peak)} ${n(x1)} ${n(y1)}`;
    return `<path d="${out}${back}" fill="none" stroke="${theme.text}" stroke-opacity="0.55" stroke-width="1.5" stroke-dasharray="5 4"/>`;
  });
}

function columnParts(layout, scene, theme, column, c) {
  const described = scene.base.columns[c];
  return [
    ...heading(layout, scene, column, described, c),
    ...column.rows.flatMap((row) => tile(layout, scene, theme, row, described, c)),
    column.more ? text(column.x + layout.tile / 2, column.more.y + 12, `+${column.more.count} more`, 12) : "",
  ];
}

/** The column's name, and how many there are of what. */
function heading({ tile: size, pitch }, scene, column, { label, units, kind, features }, c) {
  const middle = column.x + size / 2;
  const room = Math.max(size, Math.min(pitch - 6, 190));
  const short = kind === "hidden" ? label.split(" · ").slice(1).join(" · ") || label : label.split(" · ")[0];
  const name = label.length * 6.6 < room ? label : short;
  const word = kind === "inputs" ? (features ? "feature" : "input") : kind === "head" ? "output" : "unit";
  const frozen = scene.isFrozen(c) ? " (frozen)" : "";
  return [
    text(middle, 16, name + frozen, 12.5, 'font-weight="600"'),
    text(middle, 34, `${units} ${word}${units === 1 ? "" : "s"}`, 12, 'fill-opacity="0.7"'),
  ];
}

function tile(layout, scene, theme, row, described, c) {
  const { tile: size, left, right } = layout;
  const { x, y, unit } = row;
  const radius = n(Math.min(5, size * 0.12));
  const box = `x="${n(x)}" y="${n(y)}" width="${size}" height="${size}" rx="${radius}"`;
  const picture = scene.picture(c, row);
  const faint = unit === null ? ' opacity="0.3"' : "";
  const parts = [`<rect ${box} fill="${theme.surface}"/>`];
  if (picture) parts.push(`<image x="${n(x)}" y="${n(y)}" width="${size}" height="${size}" href="${portrait(picture, size, theme)}"${faint}/>`);
  parts.push(`<rect ${box} fill="none" stroke="${theme.text}" stroke-opacity="0.45"/>`);
  if (unit !== null && scene.isSilenced(c, unit)) parts.push(...cross(x, y, size, box, theme));
  const bias = c > 0 && unit !== null ? scene.bias(c, unit) : null;
  if (bias) {
    const reach = Math.max(1.2, Math.min(1, Math.abs(bias) / scene.scale) * size * 0.1 + 1);
    parts.push(`<circle cx="${n(x)}" cy="${n(y + size)}" r="${n(reach)}" fill="${signed(bias, theme)}" stroke="${theme.background}"/>`);
  }
  const name = row.feature?.title ?? described.names?.[unit];
  if (described.kind !== "hidden" && name !== undefined) {
    const first = described.kind === "inputs";
    const shown = cut(String(name), ((first ? left : right) - 6) / 6.6);
    parts.push(text(first ? x - 6 : x + size + 6, y + size / 2 + 4, shown, 13, `text-anchor="${first ? "end" : "start"}"${unit === null ? ' fill-opacity="0.5"' : ""}`));
  }
  return parts;
}

function cross(x, y, size, box, theme) {
  const [near, far] = [size * 0.24, size * 0.76];
  const d = `M${n(x + near)} ${n(y + near)}L${n(x + far)} ${n(y + far)}M${n(x + far)} ${n(y + near)}L${n(x + near)} ${n(y + far)}`;
  const look = `stroke="${theme.text}" stroke-opacity="0.6" stroke-width="${n(Math.max(1.5, size * 0.05))}" stroke-linecap="round"`;
  return [`<rect ${box} fill="${theme.surface}" fill-opacity="0.82"/>`, `<path d="${d}" ${look}/>`];
}

/** A response as the address of a PNG, its corners round. */
function portrait(picture, size, theme) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.round(size * SHARP);
  const context = canvas.getContext("2d");
  context.scale(canvas.width / size, canvas.width / size);
  context.beginPath();
  context.roundRect(0, 0, size, size, Math.min(5, size * 0.12));
  context.clip();
  context.imageSmoothingQuality = "high";
  paintPicture(context, picture, 0, 0, size, theme);
  return canvas.toDataURL("image/png");
}

function text(x, y, words, size, more = "") {
  const anchor = more.includes("text-anchor") ? "" : ' text-anchor="middle"';
  return `<text x="${n(x)}" y="${n(y)}" font-size="${size}"${anchor} ${more}>${escape(words)}</text>`;
}

function cut(name, letters) {
  return name.length <= letters ? name : `${name.slice(0, Math.max(1, Math.floor(letters) - 1)).trimEnd()}…`;
}
