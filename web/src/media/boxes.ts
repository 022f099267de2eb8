/** The bytes of boxes (ISO 14496-12, 4.2), put together from numbers and byte arrays. */

export type Part = readonly number[] | Uint8Array;

export const u8 = (value: number): number[] => [value & 0xff];
export const u16 = (value: number): number[] => [(value >>> 8) & 0xff, value & 0xff];
export const u32 = (value: number): number[] => [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];

/** An unsigned number of up to 53 bits in eight bytes. */
export const u64 = (value: number): number[] => [...u32(Math.floor(value / 0x1_0000_0000)), ...u32(value % 0x1_0000_0000)];

export const zeros = (count: number): number[] => new Array<number>(count).fill(0);
export const ascii = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));

/** A box of the type, with its length before it. */
export function box(type: string, ...parts: readonly Part[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 8);
  return concat([u32(length), ascii(type), ...parts], length);
}

/** A box with version and flags (ISO 14496-12, 4.2.2). */
export function fullBox(type: string, version: number, flags: number, ...parts: readonly Part[]): Uint8Array {
  return box(type, u32(version * 0x1000000 + flags), ...parts);
}

export function concat(parts: readonly Part[], length = parts.reduce((sum, part) => sum + part.length, 0)): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
