import type { TimedUnit } from '../media/media-segment';
import type { Configuration } from '../protocol/configuration';
import type { RoutedUnit } from '../session/track-router';

/** What waits for a SourceBuffer: a set-up or a unit. */
export type QueueEntry =
  | { readonly configuration: Configuration; readonly unit?: undefined }
  | { readonly unit: RoutedUnit; readonly configuration?: undefined };

/** A segment is put together while the page draws its pictures: not more at once than takes a millisecond or so. */
const MOST_UNITS = 250;
const MOST_BYTES = 1_000_000;

/**
 * The units at the head of the queue that go into one segment: they follow each other in decoding order, and of sound they are of one
 * turn.
 *
 * The last unit of a turn of the sound decodes to more samples than are to be heard. A browser takes a unit's duration in a segment for a
 * description of what it decodes to, plays all of it, and is late by the rest, by as much again each turn. What it does cut is the end of
 * a unit over which the next segment is laid (Media Source Extensions, "Audio Splice Frame"). So the unit has its whole length here, and
 * the next turn a segment of its own.
 *
 * `soundUnit`: to how much a unit of sound decodes, microseconds; 0 for the picture.
 */
export function takeRun(queue: readonly QueueEntry[], soundUnit: number): TimedUnit[] {
  const isAudio = soundUnit > 0;
  const run: TimedUnit[] = [];
  let bytes = 0;
  for (const { unit } of queue) {
    const last = run.at(-1);
    if (!unit || (last && (unit.isBreak || !isNext(last, unit) || (isAudio && unit.isTurnStart)))) break;
    bytes += unit.payload.length;
    if (last && (run.length >= MOST_UNITS || bytes > MOST_BYTES)) break;
    run.push(unit);
  }
  const end = run.at(-1);
  if (end && end.duration < soundUnit) run[run.length - 1] = { ...end, duration: soundUnit };
  return run;
}

/** Whether one unit decodes right behind the other, but for rounding. */
function isNext(one: TimedUnit, other: TimedUnit): boolean {
  return Math.abs(other.dts - one.dts - one.duration) < Math.max(1_000, one.duration / 2);
}
