import { describe, expect, test } from 'vitest';
import type { Frame } from '../src/protocol/frame-header';
import { TrackRouter, type TrackEvent } from '../src/session/track-router';
import { fromHex } from './vectors';

const FRAME = 40_000;
const TURN = 2;

const header = { flags: 0, rendition: 0, sequence: 0, length: 0, pts: 0, dts: 0, duration: FRAME, payloadChecksum: 0 };

function mark(selection: number, turnStart: number, { rendition = 0, isBreak = false } = {}): Frame {
  const payload = new Uint8Array(32);
  const view = new DataView(payload.buffer);
  view.setUint32(0, selection);
  view.setBigInt64(8, BigInt(turnStart));
  return { header: { ...header, kind: 1, flags: isBreak ? 2 : 0, rendition }, payload };
}

const configuration = (rendition = 0): Frame => ({
  header: { ...header, kind: 2, rendition },
  payload: fromHex(`000b050${rendition}02d000000000617663312e3634303031660164001f`),
});

const picture = (sequence: number, isKeyframe = false): Frame => ({
  header: { ...header, kind: 3, flags: isKeyframe ? 1 : 0, sequence, pts: sequence * FRAME, dts: sequence * FRAME },
  payload: Uint8Array.of(sequence),
});

const begun = () => {
  const router = new TrackRouter('video');
  router.select(1, TURN);
  const events = feed(router, mark(1, 0, { isBreak: true }), configuration(), picture(0, true), picture(1));
  return { router, events };
};

const feed = (router: TrackRouter, ...frames: Frame[]) => frames.flatMap((frame) => router.accept(frame) ?? []);
const units = (events: readonly TrackEvent[]) => events.flatMap((event) => (event.kind === 'unit' ? [event.unit] : []));
const times = (events: readonly TrackEvent[]) => units(events).map((unit) => unit.pts / FRAME);

describe('a track', () => {
  test('gives out set-up and units on the timeline of the viewer', () => {
    const { router, events } = begun();
    expect(events.map((event) => event.kind)).toEqual(['configuration', 'unit', 'unit']);
    expect(units(events).map((unit) => unit.isBreak)).toEqual([true, false]);
    const next = units(feed(router, mark(1, 2_000_000), picture(0, true), picture(1)));
    expect(next.map((unit) => unit.pts)).toEqual([2_000_000, 2_040_000]);
    expect(next.map((unit) => unit.isTurnStart)).toEqual([true, false]);
    expect(next.some((unit) => unit.isBreak)).toBe(false);
  });

  test('drops what answers another selection', () => {
    const { router } = begun();
    router.select(2, TURN);
    expect(feed(router, picture(2), mark(1, 0), picture(25, true))).toEqual([]);
    expect(times(feed(router, mark(2, 0, { isBreak: true }), configuration(), picture(50, true)))).toEqual([50]);
  });

  test('says a set-up once, and again when it differs or the decoder is a new one', () => {
    const { router } = begun();
    expect(feed(router, mark(1, 0, { rendition: 1 }), configuration(1), picture(2, true)).map((event) => event.kind)).toEqual(['configuration', 'unit']);
    expect(feed(router, mark(1, 0, { rendition: 1 }), configuration(1), picture(3, true)).map((event) => event.kind)).toEqual(['unit']);
    router.forgetSetup();
    router.select(2, TURN);
    const again = feed(router, mark(2, 0, { rendition: 1, isBreak: true }), configuration(1), picture(3, true));
    expect(again.map((event) => event.kind)).toEqual(['configuration', 'unit']);
  });

  test('gives out nothing of another rendition before its set-up', () => {
    const { router } = begun();
    expect(feed(router, mark(1, 0, { rendition: 1 }), picture(2, true))).toEqual([]);
    expect(router.faults.useless).toBe(1);
  });

  test('takes a GOP begun again in place of what it has', () => {
    const { router } = begun();
    const events = feed(router, picture(2), mark(1, 0, { rendition: 1 }), configuration(1), picture(0, true), picture(1), picture(2));
    expect(times(events)).toEqual([2, 0, 1, 2]);
    expect(units(events).map((unit) => unit.isBreak)).toEqual([false, true, false, false]);
    expect(router.faults.lost).toBe(0);
  });

  test('passes over a unit that was there before', () => {
    const { router } = begun();
    expect(times(feed(router, picture(1), picture(0, true), picture(2)))).toEqual([2]);
  });

  test('drops pictures behind a loss up to the next keyframe', () => {
    const { router } = begun();
    const events = feed(router, picture(5), picture(6), picture(25, true), picture(26));
    expect(times(events)).toEqual([25, 26]);
    expect(units(events)[0]!.isBreak).toBe(true);
    expect(router.faults).toMatchObject({ lost: 3 + 18, useless: 2 });
  });

  test('goes on with sound behind a loss', () => {
    const router = new TrackRouter('audio');
    router.select(1, TURN);
    const setup: Frame = { header: { ...header, kind: 2 }, payload: fromHex('010900020000' + '0000bb80' + '6d7034612e34302e32' + '1190') };
    expect(times(feed(router, mark(1, 0, { isBreak: true }), setup, picture(0, true), picture(4, true)))).toEqual([0, 4]);
    expect(router.faults.lost).toBe(3);
  });

  test('knows a turn whose mark was lost by its numbers, and the mark that comes after', () => {
    const { router } = begun();
    const events = feed(router, ...Array.from({ length: 48 }, (_, index) => picture(index + 2)), picture(0, true), picture(1));
    expect(times(events).slice(-2)).toEqual([50, 51]);
    expect(times(feed(router, mark(1, 2_000_000), picture(2)))).toEqual([52]);
    expect(router.faults.lost).toBe(0);
  });

  test('begins anew where it is passed over to a later GOP', () => {
    const { router } = begun();
    const events = feed(router, mark(1, 0, { isBreak: true }), picture(24), picture(25, true));
    expect(times(events)).toEqual([25]);
    expect(units(events)[0]!.isBreak).toBe(true);
  });

  test('counts what is malformed, and goes on', () => {
    const { router } = begun();
    const broken = (kind: number): Frame => ({ header: { ...header, kind }, payload: new Uint8Array(3) });
    expect(times(feed(router, broken(1), broken(2), { header: { ...header, kind: 200 }, payload: new Uint8Array(1) }, picture(2)))).toEqual([2]);
    expect(router.faults.malformed).toBe(2);
  });
});
