import { box, concat, fullBox, u32, u64 } from './boxes';
import { TRACK_ID } from './init-segment';

/** An access unit on the viewer's timeline. Times are microseconds. */
export interface TimedUnit {
  readonly pts: number;
  /** May be negative. */
  readonly dts: number;
  /** For how long it is presented. */
  readonly duration: number;
  readonly isKeyframe: boolean;
  readonly payload: Uint8Array;
}

/**
 * What is added to all times in segments, since a decode time there has no sign and the first DTS of a timeline are negative. The
 * `timestampOffset` of the SourceBuffer takes it off again.
 */
export const TIME_OFFSET_SECONDS = 10;

const TIME_OFFSET = TIME_OFFSET_SECONDS * 1_000_000;
const SYNC_SAMPLE = 0x02000000;
const OTHER_SAMPLE = 0x01010000;

/** Data offset, and duration, size, flags and composition offset of each sample (ISO 14496-12, 8.8.8). */
const RUN_FLAGS = 0xf01;
const DEFAULT_BASE_IS_MOOF = 0x020000;

/** A movie fragment with the units, which follow each other in decoding order without a gap. There must be one at least. */
export function mediaSegment(units: readonly TimedUnit[], fragment: number): Uint8Array {
  const payload = units.reduce((sum, unit) => sum + unit.payload.length, 0);
  // The data offset counts from the moof's start, whose length does not depend on it.
  const empty = movieFragment(units, fragment, 0);
  const head = movieFragment(units, fragment, empty.length + 8);
  return concat([head, u32(payload + 8), [0x6d, 0x64, 0x61, 0x74], ...units.map((unit) => unit.payload)]);
}

function movieFragment(units: readonly TimedUnit[], fragment: number, dataOffset: number): Uint8Array {
  const decodeTime = Math.max(0, units[0]!.dts + TIME_OFFSET);
  return box(
    'moof',
    fullBox('mfhd', 0, 0, u32(fragment)),
    box(
      'traf',
      fullBox('tfhd', 0, DEFAULT_BASE_IS_MOOF, u32(TRACK_ID)),
      fullBox('tfdt', 1, 0, u64(decodeTime)),
      fullBox('trun', 1, RUN_FLAGS, u32(units.length), u32(dataOffset), sampleRows(units)),
    ),
  );
}

/** The duration of a sample is where the next one's decode time lies, so that nothing adds up over a run; that of the last is its own. */
function sampleRows(units: readonly TimedUnit[]): Uint8Array {
  const rows = new Uint8Array(16 * units.length);
  const view = new DataView(rows.buffer);
  units.forEach((unit, index) => {
    const next = units[index + 1];
    view.setUint32(16 * index, next ? Math.max(0, next.dts - unit.dts) : unit.duration);
    view.setUint32(16 * index + 4, unit.payload.length);
    view.setUint32(16 * index + 8, unit.isKeyframe ? SYNC_SAMPLE : OTHER_SAMPLE);
    view.setInt32(16 * index + 12, unit.pts - unit.dts);
  });
  return rows;
}
