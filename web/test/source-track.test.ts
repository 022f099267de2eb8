import { beforeEach, describe, expect, test } from 'vitest';
import { readinessIn } from '../src/player/media-source-sink';
import { SourceTrack } from '../src/player/source-track';
import type { VideoConfiguration } from '../src/protocol/configuration';
import { readRun } from './read-boxes';

type Range = [number, number];
const ranges = (...all: Range[]) => ({ length: all.length, start: (index: number) => all[index]![0], end: (index: number) => all[index]![1] }) as TimeRanges;

/** Stands in for a browser's SourceBuffer: notes what is done with it, and is done with it when the test says so. */
class FakeBuffer {
  updating = false;
  timestampOffset = 0;
  isFull = false;
  ranges: Range[] = [];
  done: string[] = [];
  segments: Uint8Array[] = [];
  onDone = () => {};

  get buffered() {
    return ranges(...this.ranges);
  }

  addEventListener(_: string, listener: () => void) {
    this.onDone = listener;
  }

  appendBuffer(bytes: Uint8Array) {
    if (this.updating) throw new Error('updating');
    if (this.isFull) throw new DOMException('full', 'QuotaExceededError');
    const isSetup = String.fromCharCode(...bytes.subarray(4, 8)) === 'ftyp';
    this.done.push(isSetup ? 'set-up' : 'units');
    if (!isSetup) this.segments.push(bytes);
    this.updating = true;
  }

  remove(start: number, end: number) {
    this.done.push(`remove ${start} ${end}`);
    this.updating = true;
  }

  changeType(type: string) {
    this.done.push(type);
  }

  /** The browser has done what it was told. */
  finish() {
    this.updating = false;
    this.onDone();
  }
}

const setup = (codec: string): VideoConfiguration => ({ kind: 'video', codec, width: 64, height: 36, setup: new Uint8Array(4) });
const unit = (index: number) => ({
  pts: index * 40_000, dts: index * 40_000, duration: 40_000, isKeyframe: index === 0, payload: new Uint8Array(10), rendition: 0, isTurnStart: false, isBreak: false,
});

describe('what waits for a SourceBuffer', () => {
  let buffer: FakeBuffer;
  let track: SourceTrack;
  let position = 0;

  beforeEach(() => {
    buffer = new FakeBuffer();
    position = 0;
    const source = { addSourceBuffer: () => buffer } as unknown as MediaSource;
    track = new SourceTrack(source, setup('avc1.64001f'), () => position, () => track.work());
    track.configure(setup('avc1.64001f'));
  });

  test('is put into one segment while the browser is busy', () => {
    for (let index = 0; index < 5; index++) track.append(unit(index));
    expect(buffer.done).toEqual(['set-up']);
    expect(track.queuedBytes).toBe(50);
    buffer.finish();
    expect(buffer.done).toEqual(['set-up', 'units']);
    expect(readRun(buffer.segments[0]!).samples).toHaveLength(5);
    expect(track.queuedBytes).toBe(0);
    expect(buffer.timestampOffset).toBe(-10);
  });

  test('stays when there is no room, and is tried again when what was played is gone', () => {
    buffer.isFull = true;
    buffer.finish();
    track.append(unit(0));
    track.append(unit(1));
    expect(track.queuedBytes).toBe(20);
    [position, buffer.ranges] = [5, [[0, 8]]];
    buffer.isFull = false;
    track.tidy();
    expect(buffer.done).toEqual(['set-up', 'remove 0 4']);
    buffer.finish();
    expect(buffer.done.at(-1)).toBe('units');
    expect(track.queuedBytes).toBe(0);
  });

  test('keeps its set-up when there is no room for that either', () => {
    buffer.finish();
    buffer.isFull = true;
    track.configure(setup('avc1.640028'));
    track.append(unit(0));
    buffer.isFull = false;
    track.tidy();
    buffer.finish();
    expect(buffer.done.filter((one) => one !== 'avc1.640028').slice(-2)).toEqual(['set-up', 'units']);
  });

  test('of another codec changes the type first', () => {
    buffer.finish();
    track.configure(setup('avc1.64001e'));
    expect(buffer.done).toEqual(['set-up', 'video/mp4; codecs="avc1.64001e"', 'set-up']);
  });

  test('is thrown away with what lies ready, but for set-ups', () => {
    track.append(unit(0));
    track.configure(setup('avc1.64001e'));
    track.append(unit(1));
    track.clear();
    expect(track.queuedBytes).toBe(0);
    buffer.finish();
    buffer.finish();
    expect(buffer.done).toEqual(['set-up', 'remove 0 Infinity', 'video/mp4; codecs="avc1.64001e"', 'set-up']);
  });

  test('what was played is taken away in steps of some seconds', () => {
    buffer.finish();
    [position, buffer.ranges] = [14, [[0, 20]]];
    track.tidy();
    expect(buffer.done).toEqual(['set-up']);
    position = 16;
    track.tidy();
    expect(buffer.done).toEqual(['set-up', 'remove 0 6']);
  });
});

describe('what lies ready', () => {
  test.each<[Range[], number, number, number | null]>([
    [[], 3, 3, null],
    [[[0, 5]], 3, 5, null],
    [[[0, 5], [5.05, 7]], 3, 7, null],
    [[[0, 5], [6, 7]], 3, 5, 6],
    [[[0, 5], [6, 7]], 5.5, 5.5, 6],
    [[[0, 2], [6, 7]], 6.5, 7, null],
    [[[3.01, 5]], 3, 5, null],
  ])('of %j from %d on ends at %d and goes on at %s', (all, position, end, goesOnAt) => {
    expect(readinessIn(ranges(...all), position)).toEqual({ end, goesOnAt });
  });
});
