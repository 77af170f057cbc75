/** LZ4, which Node does not unpack: blocks as Parquet has them, and frames as Arrow does. */

const wrong = () => new Error('LZ4 data is damaged');

interface Output {
  readonly bytes: Uint8Array;
  at: number;
}

/** A length of 15 goes on in the bytes that follow, up to one that is not 255. */
function lengthAt(input: Uint8Array, nibble: number, at: number): { length: number; at: number } {
  let [length, next] = [nibble, at];
  if (nibble < 15) return { length, at };
  for (let byte = 255; byte === 255; next += 1) {
    byte = input[next] ?? Number.NaN;
    length += byte;
  }
  if (Number.isNaN(length)) throw wrong();
  return { length, at: next };
}

function copyMatch(output: Output, offset: number, length: number): void {
  const from = output.at - offset;
  if (offset === 0 || from < 0 || output.at + length > output.bytes.length) throw wrong();
  // What is copied may be what the copy has just made, so it goes byte by byte where the two overlap.
  if (offset >= length) output.bytes.copyWithin(output.at, from, from + length);
  else for (let i = 0; i < length; i += 1) output.bytes[output.at + i] = output.bytes[from + i] as number;
  output.at += length;
}

function block(input: Uint8Array, output: Output): void {
  for (let at = 0; at < input.length; ) {
    const token = input[at] as number;
    const literals = lengthAt(input, token >> 4, at + 1);
    const end = literals.at + literals.length;
    if (end > input.length || output.at + literals.length > output.bytes.length) throw wrong();
    output.bytes.set(input.subarray(literals.at, end), output.at);
    output.at += literals.length;
    if (end === input.length) return;
    if (end + 1 >= input.length) throw wrong();
    const offset = (input[end] as number) | ((input[end + 1] as number) << 8);
    const match = lengthAt(input, token & 15, end + 2);
    copyMatch(output, offset, match.length + 4);
    at = match.at;
  }
}

/** One block, that makes `length` bytes. */
export function lz4Block(input: Uint8Array, length: number): Uint8Array {
  const output = { bytes: new Uint8Array(length), at: 0 };
  block(input, output);
  if (output.at !== length) throw wrong();
  return output.bytes;
}

/** Hadoop's way, which Parquet calls LZ4: before each block the sizes unpacked and packed, the first byte the highest. */
export function lz4Hadoop(input: Uint8Array, length: number): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const output = { bytes: new Uint8Array(length), at: 0 };
  for (let at = 0; at < input.length; ) {
    // Some writers leave the sizes out.
    if (at + 8 > input.length || view.getUint32(at + 4) > input.length - at - 8) return lz4Block(input, length);
    const packed = view.getUint32(at + 4);
    block(input.subarray(at + 8, at + 8 + packed), output);
    at += 8 + packed;
  }
  if (output.at !== length) throw wrong();
  return output.bytes;
}

const magic = 0x184d2204;

/** A frame; https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md. Checksums are not looked at. */
export function lz4Frame(input: Uint8Array, length: number): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (view.getUint32(0, true) !== magic) throw wrong();
  const flags = view.getUint8(4);
  const output = { bytes: new Uint8Array(length), at: 0 };
  let at = 7 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0);
  for (;;) {
    const size = view.getUint32(at, true);
    at += 4;
    if (size === 0) break;
    const bytes = size & 0x7fffffff;
    const part = input.subarray(at, at + bytes);
    if (part.length < bytes) throw wrong();
    if (size >>> 31) {
      if (output.at + bytes > length) throw wrong();
      output.bytes.set(part, output.at);
      output.at += bytes;
    } else block(part, output);
    at += bytes + (flags & 16 ? 4 : 0);
  }
  if (output.at !== length) throw wrong();
  return output.bytes;
}
