import { crc32c } from './crc32c';

/** Bytes of a frame's header. */
export const HEADER_SIZE = 44;

/** The most bytes that a frame's payload may have. */
export const MAX_PAYLOAD = 8_388_608;

/** "KNSK", with which every frame begins. */
export const MAGIC = 0x4b4e534b;

const VERSION = 1;

/** Kinds of frames. Receivers pass over others. */
export const FrameKind = {
  mark: 1,
  configuration: 2,
  accessUnit: 3,
  padding: 4,
  /** A control message of the server, on a WebSocket only. */
  message: 5,
} as const;

/** Bits of a frame's flags. Receivers pass over others. */
export const FrameFlag = { keyframe: 1, discontinuity: 2, audio: 4 } as const;

/** What stands before a frame's payload. Times are microseconds, exact up to 2^53 (285 years). */
export interface FrameHeader {
  readonly kind: number;
  readonly flags: number;
  readonly rendition: number;
  readonly sequence: number;
  /** Bytes of payload. */
  readonly length: number;
  readonly pts: number;
  readonly dts: number;
  readonly duration: number;
  readonly payloadChecksum: number;
}

/** A frame whose checksums are right. The payload may be part of a larger buffer and is not written to again. */
export interface Frame {
  readonly header: FrameHeader;
  readonly payload: Uint8Array;
}

/** Reads the header at the start of `bytes`. Null: it is not right, or not whole. */
export function readFrameHeader(bytes: Uint8Array): FrameHeader | null {
  if (bytes.length < HEADER_SIZE) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_SIZE);
  const length = view.getUint32(12);
  if (view.getUint32(0) !== MAGIC || view.getUint8(4) !== VERSION || length > MAX_PAYLOAD) return null;
  if (view.getUint32(40) !== crc32c(bytes.subarray(0, 40))) return null;
  const pts = readTime(view, 16);
  const dts = readTime(view, 24);
  if (pts === null || dts === null) return null;
  return {
    kind: view.getUint8(5),
    flags: view.getUint8(6),
    rendition: view.getUint8(7),
    sequence: view.getUint32(8),
    length,
    pts,
    dts,
    duration: view.getUint32(32),
    payloadChecksum: view.getUint32(36),
  };
}

/** Reads a signed time of 64 bits, microseconds. Null unless it lies strictly between -2^56 and 2^56. */
export function readTime(view: DataView, offset: number): number | null {
  const high = view.getInt32(offset);
  const low = view.getUint32(offset + 4);
  const inside = high < 0x1000000 && (high > -0x1000000 || (high === -0x1000000 && low > 0));
  return inside ? high * 0x1_0000_0000 + low : null;
}
