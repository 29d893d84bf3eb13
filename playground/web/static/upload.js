// A picture of a person's own as the network takes it: its middle square, made small in the browser, as bytes.

const LARGEST = 64 * 1024 * 1024; // bytes of a file; decoding more is nobody's wish

/** Base64 of channels x height x width bytes, channel first. Rejects for what the browser cannot decode. */
export async function pixelsOf(file, channels, height, width) {
  if (file.size > LARGEST) throw new Error("the file is too large");
  const image = await createImageBitmap(file);
  const side = Math.min(image.width, image.height);
  const [left, top] = [(image.width - side) / 2, (image.height - side) / 2];
  const small = shrunk(image, [left, top, side, side], width, height);
  image.close();
  return packed(small.getContext("2d").getImageData(0, 0, width, height).data, channels, height * width);
}

/** A part of an image at another size, on a canvas: halved until it is near, so that every pixel has its say. */
export function shrunk(source, cut, width, height) {
  const [w, h] = cut.slice(2);
  const by = Math.max(2, w / 2048, h / 2048); // a larger canvas is more than some browsers have
  if (w <= 2 * width && h <= 2 * height) return drawn(source, cut, width, height);
  const half = drawn(source, cut, Math.max(width, Math.ceil(w / by)), Math.max(height, Math.ceil(h / by)));
  return shrunk(half, [0, 0, half.width, half.height], width, height);
}

function drawn(source, [left, top, w, h], width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "#ffffff"; // what is clear is paper
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, left, top, w, h, 0, 0, width, height);
  return canvas;
}

/** RGBA bytes as base64 of planes, grey (luma of ITU-R BT.601) or red, green and blue. */
export function packed(rgba, channels, count) {
  const out = new Uint8Array(channels * count);
  for (let i = 0; i < count; i += 1) {
    const [red, green, blue] = rgba.subarray(4 * i, 4 * i + 3);
    if (channels === 3) [red, green, blue].forEach((value, channel) => (out[channel * count + i] = value));
    else out[i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  }
  return base64(out);
}

export function base64(bytes) {
  let text = "";
  for (let start = 0; start < bytes.length; start += 8192) text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(text);
}
