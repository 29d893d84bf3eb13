// Photographs are made small before they are sent: one of a phone has four megabytes, of which the server keeps 64 x 128
// pixels. Whoever brings a hundred, as files or in a zip, sends two megabytes instead of four hundred.

import { shrunk } from "./upload.js";
import { contentOf, entriesOf, packedOf, stored, zipOf } from "./zips.js";

const UPLOADER = ".st-key-images_uploader";
const SMALL = 200 * 1024; // bytes of a file that is sent as it is
const SIDE = 256; // of the shorter side of what is sent; the server makes it smaller in its own way
const LONGEST = 4; // times as long the other side may be, or it is sent as it is
const IMAGE = /\.(png|jpe?g|jpe|jfif|gif|bmp|webp|hei[cf])$/i;
const KNOWN = /\.(png|jpe?g|jpe|jfif|gif|bmp|webp)$/i; // to the server, in a zip
const QUALITY = 0.92;

const ours = new WeakSet(); // events that bring what was made small

/** Have the uploader of images hear of files only when they are small. */
export function watchPhotos() {
  document.addEventListener("change", chosen, { capture: true });
  document.addEventListener("drop", dropped, { capture: true });
}

function chosen(event) {
  const { target } = event;
  if (!ours.has(event) && target.matches?.(`${UPLOADER} input[type=file]`)) take(event, target, [...target.files]);
}

function dropped(event) {
  const input = event.target.closest?.(UPLOADER)?.querySelector("input[type=file]");
  if (input && take(event, input, [...event.dataTransfer.files])) {
    event.preventDefault();
    event.target.dispatchEvent(new DragEvent("dragleave", { bubbles: true, dataTransfer: event.dataTransfer }));
  }
}

/** Keep an event from the uploader where there is something to make small, and bring that later. */
function take(event, input, files) {
  if (!files.some((file) => file.size > SMALL)) return false;
  event.stopImmediatePropagation();
  bring(input, files);
  return true;
}

async function bring(input, files) {
  const place = input.closest(UPLOADER);
  const tell = (text) => (text ? (place.dataset.told = text) : delete place.dataset.told);
  const sent = new DataTransfer();
  try {
    for (const [index, file] of files.entries()) {
      if (files.length > 1) tell(`Making photographs small: ${index + 1} of ${files.length} …`);
      sent.items.add(await small(file, tell));
    }
  } finally {
    tell("");
  }
  if (!input.isConnected) return; // the page went on meanwhile
  input.files = sent.files;
  const event = new Event("change", { bubbles: true });
  ours.add(event);
  input.dispatchEvent(event);
}

/** A file as it is to be sent; what cannot be read here is sent as it is, and the server says what is wrong with it. */
export async function small(file, tell = () => {}) {
  if (file.size <= SMALL) return file;
  try {
    if (/\.zip$/i.test(file.name)) return new File([await smallZip(file, tell)], file.name, { type: file.type });
    if (!IMAGE.test(file.name) || /\.gif$/i.test(file.name)) return file;
    return new File([await smallImage(file)], file.name, { type: "image/jpeg" });
  } catch (error) {
    console.info(`${file.name} is sent as it is: ${error.message}`);
    return file;
  }
}

/** A zip of the images of a zip, the large ones made small. */
async function smallZip(zip, tell) {
  const entries = (await entriesOf(zip)).filter(({ name }) => IMAGE.test(name) && !/(^|\/)(\.|__MACOSX)/.test(name));
  if (!entries.some(({ packed }) => packed > SMALL)) return zip;
  const parts = [];
  for (const [index, entry] of entries.entries()) {
    tell(`Making photographs small: ${index + 1} of ${entries.length} …`);
    parts.push(await smallEntry(zip, entry));
  }
  return zipOf(parts);
}

async function smallEntry(zip, entry) {
  if (entry.packed > SMALL && !/\.gif$/i.test(entry.name)) {
    try {
      const image = await smallImage(await contentOf(zip, entry));
      return stored(entry, new Uint8Array(await image.arrayBuffer()), KNOWN.test(entry.name) ? "" : ".jpg");
    } catch (error) {
      console.info(`${entry.name} is sent as it is: ${error.message}`);
    }
  }
  return { ...entry, data: await packedOf(zip, entry) };
}

/** An image as a JPEG file, upright, on white where it was clear, its shorter side no longer than SIDE. */
async function smallImage(blob) {
  const image = await createImageBitmap(blob);
  try {
    const [short, long] = [Math.min(image.width, image.height), Math.max(image.width, image.height)];
    if (short <= SIDE || long > LONGEST * short) throw new Error("its form is kept");
    const [width, height] = [image.width, image.height].map((side) => Math.round((side * SIDE) / short));
    const canvas = shrunk(image, [0, 0, image.width, image.height], width, height);
    return await new Promise((done, fail) =>
      canvas.toBlob((made) => (made ? done(made) : fail(new Error("no JPEG"))), "image/jpeg", QUALITY),
    );
  } finally {
    image.close();
  }
}
