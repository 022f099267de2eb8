/**
 * CRC-32C (RFC 9260, appendix A), eight bytes a step. Every byte that is played goes through here, so a table of one byte a step, which
 * takes about four times as long, would be felt on a phone.
 */

const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

/** Table k holds what a byte does to the checksum when k further bytes follow it. */
const tables = makeTables();

function makeTables(): Uint32Array[] {
  const all = Array.from({ length: SLICES }, () => new Uint32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    all[0]![byte] = value;
  }
  for (let slice = 1; slice < SLICES; slice++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = all[slice - 1]![byte]!;
      all[slice]![byte] = (before >>> 8) ^ all[0]![before & 0xff]!;
    }
  }
  return all;
}

const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
  Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array,
];

/** The checksum of `bytes`, unsigned; 0 for none. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  let at = 0;
  const whole = bytes.length - (bytes.length % SLICES);
  while (at < whole) {
    const low = crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    crc =
      t7[low & 0xff]! ^ t6[(low >>> 8) & 0xff]! ^ t5[(low >>> 16) & 0xff]! ^ t4[low >>> 24]! ^
      t3[bytes[at + 4]!]! ^ t2[bytes[at + 5]!]! ^ t1[bytes[at + 6]!]! ^ t0[bytes[at + 7]!]!;
    at += SLICES;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[at]!) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
}
