import { describe, expect, test } from 'vitest';
import { takeRun, type QueueEntry } from '../src/player/unit-queue';

const SOUND = 21_333;

function entry(dts: number, more: Partial<NonNullable<QueueEntry['unit']>> = {}): QueueEntry {
  return { unit: { pts: dts, dts, duration: 40_000, isKeyframe: false, payload: new Uint8Array(10), rendition: 0, isTurnStart: false, isBreak: false, ...more } };
}
const setup: QueueEntry = { configuration: { kind: 'video', codec: 'x', width: 1, height: 1, setup: new Uint8Array(0) } };
const lengths = (queue: QueueEntry[], sound = 0) => takeRun(queue, sound).length;

describe('a run', () => {
  test('ends before a set-up, a break and a gap', () => {
    expect(lengths([entry(0), entry(40_000), setup, entry(80_000)])).toBe(2);
    expect(lengths([entry(0), entry(40_000, { isBreak: true })])).toBe(1);
    expect(lengths([entry(0), entry(40_001), entry(120_000)])).toBe(2);
  });

  test('goes over the start of a turn of the picture', () => {
    expect(lengths([entry(0), entry(40_000, { isTurnStart: true })])).toBe(2);
  });

  test('is not longer than can be put together between two pictures, and holds one unit at least', () => {
    expect(lengths(Array.from({ length: 1_000 }, (_, index) => entry(index * 40_000)))).toBe(250);
    const large = { payload: new Uint8Array(2_000_000) };
    expect(lengths([entry(0, large), entry(40_000, large)])).toBe(1);
  });

  test('of sound ends with its turn, whose last unit has its whole length there', () => {
    const run = takeRun(
      [entry(0, { duration: SOUND }), entry(SOUND, { duration: 8_000 }), entry(SOUND + 8_000, { duration: SOUND, isTurnStart: true })],
      SOUND,
    );
    expect(run.map((unit) => unit.duration)).toEqual([SOUND, SOUND]);
  });
});
