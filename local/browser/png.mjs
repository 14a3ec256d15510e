// Makes the PNG of a screenshot small: the colours that are seen most become a palette, and every other pixel takes the nearest
// of them. It reads what a browser writes, eight bits a channel and no interlacing, and nothing else.
// https://www.w3.org/TR/png-3/

import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS = 96;

function* chunks(png) {
  for (let at = SIGNATURE.length; at < png.length; ) {
    const size = png.readUInt32BE(at);
    yield [png.toString("latin1", at + 4, at + 8), png.subarray(at + 8, at + 8 + size)];
    at += size + 12;
  }
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [l, u, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (l <= u && l <= c) return left;
  return u <= c ? up : corner;
}

/** The pixels as they are, a row after the other. */
function unfilter(data, width, height, channels) {
  const stride = width * channels;
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = data[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const here = y * stride + x;
      const left = x >= channels ? pixels[here - channels] : 0;
      const up = y > 0 ? pixels[here - stride] : 0;
      const corner = x >= channels && y > 0 ? pixels[here - stride - channels] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      pixels[here] = data[y * (stride + 1) + 1 + x] + guess;
    }
  }
  return pixels;
}

/** The same picture with 96 colours at the most. */
export function small(png) {
  const parts = [...chunks(png)];
  const header = parts.find(([name]) => name === "IHDR")[1];
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const channels = { 2: 3, 6: 4 }[header[9]];
  if (header[8] !== 8 || header[12] !== 0 || !channels) throw new Error("this is no PNG of a browser's");
  const packed = Buffer.concat(parts.filter(([name]) => name === "IDAT").map(([, data]) => data));
  const pixels = unfilter(inflateSync(packed), width, height, channels);
  const at = (pixel) => pixels.readUIntBE(pixel * channels, 3);
  const seen = new Map();
  for (let pixel = 0; pixel < width * height; pixel += 1) seen.set(at(pixel), (seen.get(at(pixel)) ?? 0) + 1);
  const palette = [...seen].sort(([, one], [, other]) => other - one).slice(0, COLOURS).map(([colour]) => colour);
  const parted = (colour) => [colour >> 16, (colour >> 8) & 255, colour & 255];
  const known = palette.map(parted);
  const place = new Map(palette.map((colour, index) => [colour, index]));
  for (const colour of seen.keys()) {
    if (place.has(colour)) continue;
    const [r, g, b] = parted(colour);
    const far = known.map(([kr, kg, kb]) => (kr - r) ** 2 + (kg - g) ** 2 + (kb - b) ** 2);
    place.set(colour, far.indexOf(Math.min(...far)));
  }
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = place.get(at(y * width + x));
  const head = Buffer.from(header);
  head[9] = 3;
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", head),
    chunk("PLTE", Buffer.from(known.flat())),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
