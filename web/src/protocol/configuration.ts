/** Set-up of the decoder of the picture. */
export interface VideoConfiguration {
  readonly kind: 'video';
  /** As in RFC 6381, such as `avc1.64001f`. */
  readonly codec: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** AVCDecoderConfigurationRecord (ISO 14496-15, 5.3.3.1). */
  readonly setup: Uint8Array;
}

/** Set-up of the decoder of the sound. */
export interface AudioConfiguration {
  readonly kind: 'audio';
  /** As in RFC 6381, such as `mp4a.40.2`. */
  readonly codec: string;
  /** Samples a second. */
  readonly sampleRate: number;
  readonly channels: number;
  /** AudioSpecificConfig (ISO 14496-3, 1.6.2.1). */
  readonly setup: Uint8Array;
}

export type Configuration = VideoConfiguration | AudioConfiguration;

const MAX_SIZE = 65_536;
const FIXED_SIZE = 10;

/** Reads a configuration's payload. Null: it is malformed. */
export function readConfiguration(payload: Uint8Array): Configuration | null {
  if (payload.length < FIXED_SIZE || payload.length > MAX_SIZE) return null;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const nameLength = view.getUint8(1);
  const setupAt = FIXED_SIZE + nameLength;
  if (nameLength === 0 || setupAt > payload.length) return null;
  const name = payload.subarray(FIXED_SIZE, setupAt);
  if (!name.every((byte) => byte >= 0x21 && byte <= 0x7e)) return null;
  const codec = String.fromCharCode(...name);
  const setup = payload.subarray(setupAt);
  const [a, b, sampleRate] = [view.getUint16(2), view.getUint16(4), view.getUint32(6)];
  switch (view.getUint8(0)) {
    case 0:
      return a > 0 && b > 0 && sampleRate === 0 ? { kind: 'video', codec, width: a, height: b, setup } : null;
    case 1:
      return a >= 1 && a <= 8 && b === 0 && sampleRate >= 8_000 && sampleRate <= 192_000
        ? { kind: 'audio', codec, sampleRate, channels: a, setup }
        : null;
    default:
      return null;
  }
}
