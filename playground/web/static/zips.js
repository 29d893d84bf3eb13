// A zip in the browser: its list of contents, what single files of it hold, and a new one of some of them.
//
// The layout is that of PKWARE's APPNOTE 6.3.3, sections 4.3.7, 4.3.12 and 4.3.16; of files over 4 GB nothing is known here.

const [LOCAL, LISTED, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const [STORED, DEFLATED] = [0, 8];
const LOCKED = 1; // of an entry's flags
const UTF8 = 0x800;
const MOST = 20_000; // entries; of more nothing is wanted

/** The entries of a zip (a Blob), [{name, raw, flags, method, stamp, crc, packed, length, at}]: raw are the name's bytes,
 * `packed` and `length` how many bytes it takes and unpacks to. Rejects for what is no zip, or one that is not read here. */
export async function entriesOf(zip) {
  const tail = await view(zip.slice(Math.max(0, zip.size - 65_557)));
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== END) end -= 1;
  if (end < 0) throw new Error("no zip");
  const [count, length, start] = [tail.getUint16(end + 10, true), tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  if (count > MOST || start + length > zip.size) throw new Error("a zip of another kind");
  const list = await view(zip.slice(start, start + length));
  const found = [];
  for (let at = 0; found.length < count; ) {
    if (list.getUint32(at, true) !== LISTED) throw new Error("a damaged zip");
    const [name, extra, comment] = [28, 30, 32].map((place) => list.getUint16(at + place, true));
    const raw = new Uint8Array(list.buffer, at + 46, name);
    found.push({
      raw, name: new TextDecoder().decode(raw), flags: list.getUint16(at + 8, true), method: list.getUint16(at + 10, true),
      stamp: list.getUint32(at + 12, true), crc: list.getUint32(at + 16, true), packed: list.getUint32(at + 20, true),
      length: list.getUint32(at + 24, true), at: list.getUint32(at + 42, true),
    });
    at += 46 + name + extra + comment;
  }
  return found;
}

/** What an entry takes in its zip, as it is packed: a Blob. */
export async function packedOf(zip, { at, packed }) {
  const head = await view(zip.slice(at, at + 30));
  if (head.getUint32(0, true) !== LOCAL) throw new Error("a damaged zip");
  const start = at + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  return zip.slice(start, start + packed);
}

/** What is in an entry: a Blob. Rejects where it is locked, or packed in another way than usual. */
export async function contentOf(zip, entry) {
  if (entry.flags & LOCKED || ![STORED, DEFLATED].includes(entry.method)) throw new Error("not read here");
  const packed = await packedOf(zip, entry);
  if (entry.method === STORED) return packed;
  return new Response(packed.stream().pipeThrough(new DecompressionStream("deflate-raw"))).blob();
}

/** A zip (a Blob) of parts: each an entry as `entriesOf` gives it with its packed `data`, a Blob. */
export function zipOf(parts) {
  const [files, list] = [[], []];
  let [at, length] = [0, 0];
  for (const { raw, flags, method, stamp, crc, length: unpacked, data } of parts) {
    const shared = [20, 2, flags & UTF8, 2, method, 2, stamp, 4, crc, 4, data.size, 4, unpacked, 4, raw.length, 2, 0, 2];
    const head = packed([LOCAL, 4, ...shared]);
    const listed = packed([LISTED, 4, 20, 2, ...shared, 0, 2, 0, 2, 0, 2, 0, 4, at, 4]);
    files.push(head, raw, data);
    list.push(listed, raw);
    at += head.length + raw.length + data.size;
    length += listed.length + raw.length;
  }
  const end = packed([END, 4, 0, 2, 0, 2, parts.length, 2, parts.length, 2, length, 4, at, 4, 0, 2]);
  return new Blob([...files, ...list, end], { type: "application/zip" });
}

/** An entry like `entry` that holds `content` (bytes) as it is, under a name with `ending` behind it. */
export function stored(entry, content, ending = "") {
  const raw = new Uint8Array([...entry.raw, ...new TextEncoder().encode(ending)]);
  return { ...entry, raw, method: STORED, crc: crc32(content), length: content.length, data: new Blob([content]) };
}

/** Numbers, each followed by the bytes that it takes, least significant first. */
function packed(numbers) {
  const out = [];
  for (let i = 0; i < numbers.length; i += 2) for (let k = 0; k < numbers[i + 1]; k += 1) out.push((numbers[i] >>> (8 * k)) & 255);
  return new Uint8Array(out);
}

async function view(blob) {
  return new DataView(await blob.arrayBuffer());
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The checksum of a zip's files, ISO 3309. */
export function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
