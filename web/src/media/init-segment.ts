import type { AudioConfiguration, Configuration, VideoConfiguration } from '../protocol/configuration';
import { ascii, box, concat, fullBox, u16, u32, u8, zeros } from './boxes';

/** Units of time a second in all segments: microseconds, as on the wire, so that nothing is rounded. */
export const TIMESCALE = 1_000_000;

/** Each track has a SourceBuffer of its own, so its number is always the same. */
export const TRACK_ID = 1;

const MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000].flatMap(u32);
const UNDETERMINED = 0x55c4;

/** The initialisation segment (ftyp and moov) of one track. */
export function initSegment(configuration: Configuration): Uint8Array {
  return concat([
    box('ftyp', ascii('iso6'), u32(0), ascii('iso6'), ascii('mp41')),
    box('moov', movieHeader(), track(configuration), box('mvex', fullBox('trex', 0, 0, u32(TRACK_ID), u32(1), zeros(12)))),
  ]);
}

/** What `addSourceBuffer` and `changeType` want to know. */
export function mimeType(configuration: Configuration): string {
  return `${configuration.kind}/mp4; codecs="${configuration.codec}"`;
}

function movieHeader(): Uint8Array {
  return fullBox('mvhd', 0, 0, zeros(8), u32(TIMESCALE), zeros(4), u32(0x10000), u16(0x100), zeros(10), MATRIX, zeros(24), u32(TRACK_ID + 1));
}

function track(configuration: Configuration): Uint8Array {
  const isVideo = configuration.kind === 'video';
  const size = isVideo ? [u16(configuration.width), u16(0), u16(configuration.height), u16(0)] : [zeros(8)];
  const volume = isVideo ? 0 : 0x100;
  return box(
    'trak',
    fullBox('tkhd', 0, 3, zeros(8), u32(TRACK_ID), zeros(8), zeros(8), zeros(4), u16(volume), zeros(2), MATRIX, ...size),
    box(
      'mdia',
      fullBox('mdhd', 0, 0, zeros(8), u32(TIMESCALE), zeros(4), u16(UNDETERMINED), zeros(2)),
      fullBox('hdlr', 0, 0, zeros(4), ascii(isVideo ? 'vide' : 'soun'), zeros(12), ascii('KnSock'), zeros(1)),
      box(
        'minf',
        isVideo ? fullBox('vmhd', 0, 1, zeros(8)) : fullBox('smhd', 0, 0, zeros(4)),
        box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
        sampleTable(isVideo ? pictureEntry(configuration) : soundEntry(configuration)),
      ),
    ),
  );
}

/** All samples are in fragments, so the tables are empty. */
function sampleTable(entry: Uint8Array): Uint8Array {
  return box(
    'stbl',
    fullBox('stsd', 0, 0, u32(1), entry),
    fullBox('stts', 0, 0, u32(0)),
    fullBox('stsc', 0, 0, u32(0)),
    fullBox('stsz', 0, 0, u32(0), u32(0)),
    fullBox('stco', 0, 0, u32(0)),
  );
}

/** ISO 14496-15, 5.4.2. */
function pictureEntry({ width, height, setup }: VideoConfiguration): Uint8Array {
  const resolution = u32(72 * 0x10000);
  return box(
    'avc1',
    zeros(6), u16(1), zeros(16), u16(width), u16(height), resolution, resolution, zeros(4), u16(1), zeros(32), u16(0x18), u16(0xffff),
    box('avcC', setup),
  );
}

/** ISO 14496-14, 5.6. */
function soundEntry({ channels, sampleRate, setup }: AudioConfiguration): Uint8Array {
  const fixedRate = sampleRate <= 0xffff ? u32(sampleRate * 0x10000) : u32(0);
  return box('mp4a', zeros(6), u16(1), zeros(8), u16(channels), u16(16), zeros(4), fixedRate, fullBox('esds', 0, 0, streamDescriptor(setup)));
}

/** ISO 14496-1, 7.2.6.5: AAC, with the AudioSpecificConfig inside. */
function streamDescriptor(setup: Uint8Array): Uint8Array {
  const specific = descriptor(5, setup);
  const decoder = descriptor(4, concat([u8(0x40), u8(0x15), zeros(11), specific]));
  return descriptor(3, concat([u16(TRACK_ID), u8(0), decoder, descriptor(6, Uint8Array.of(2))]));
}

function descriptor(tag: number, content: Uint8Array): Uint8Array {
  const length = content.length;
  const size = [0x80 | ((length >>> 21) & 0x7f), 0x80 | ((length >>> 14) & 0x7f), 0x80 | ((length >>> 7) & 0x7f), length & 0x7f];
  return concat([u8(tag), size, content]);
}
