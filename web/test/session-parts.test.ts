import { describe, expect, test } from 'vitest';
import { Backoff } from '../src/playout/backoff';
import { feedback } from '../src/playout/feedback';
import { PlayoutPace } from '../src/playout/playout-pace';
import { serverAddress } from '../src/session/server-address';
import { ServerClock } from '../src/session/server-clock';
import { WantedLimits } from '../src/session/wanted-limits';

describe('back-off', () => {
  test('tries at least each second at first, more seldom later, and soon again after a good session', () => {
    const backoff = new Backoff(() => 0.5);
    const delays: number[] = [];
    let now = 0;
    while (now < 60) {
      const delay = backoff.onLost(now);
      delays.push(delay);
      now += delay;
    }
    expect(delays[0]).toBeCloseTo(0.1);
    expect(delays.filter((delay, index) => delays.slice(0, index).reduce((sum, one) => sum + one, 0) < 30 && delay > 1)).toEqual([]);
    expect(delays.at(-1)).toBe(5);
    backoff.onOpened(now);
    expect(backoff.onLost(now + 1)).toBe(5);
    backoff.onOpened(now + 2);
    expect(backoff.onLost(now + 20)).toBeCloseTo(0.1);
  });

  test('is not the same for all viewers', () => {
    expect(new Backoff(() => 0).onLost(0)).toBeLessThan(new Backoff(() => 0.99).onLost(0));
  });
});

test('the clock of the server is known by the quickest pong', () => {
  const clock = new ServerClock();
  expect(clock.at(0)).toBeNull();
  clock.onPong(1_000, 501_000, 101_000);
  clock.onPong(200_000, 605_000, 210_000);
  expect(clock.roundTrip).toBe(10_000);
  expect(clock.at(210_000)).toBe(610_000);
});

test('limits are said when they change, and not too often', () => {
  const limits = new WantedLimits();
  expect(limits.take(0)).toBeNull();
  limits.set({ windowHeight: 540 });
  expect(limits.take(1)).toEqual({ type: 'limits', windowHeight: 540 });
  limits.set({ rendition: 2, maxBitsPerSecond: 5 });
  expect(limits.take(1.1)).toBeNull();
  expect(limits.take(1.3)).toEqual({ type: 'limits', windowHeight: 540, rendition: 2, maxBitsPerSecond: 5 });
  limits.set({ rendition: undefined, maxBitsPerSecond: undefined });
  expect(limits.take(2)).toEqual({ type: 'limits', windowHeight: 540 });
  limits.forget();
  expect(limits.take(2)).toEqual({ type: 'limits', windowHeight: 540 });
});

test.each([
  ['ws://host:8080/ws', 'ws://host:8080/ws', 'http://host:8080/'],
  ['wss://host/live/ws', 'wss://host/live/ws', 'https://host/live/'],
  ['http://host:8080/watch?channel=a', 'ws://host:8080/ws', 'http://host:8080/'],
  ['https://host/live/', 'wss://host/live/ws', 'https://host/live/'],
  ['./', 'wss://page/live/ws', 'https://page/live/'],
  ['', 'wss://page/live/ws', 'https://page/live/'],
])('a server at %s', (src, socket, base) => {
  expect(serverAddress(src, 'https://page/live/watch?channel=x#y')).toEqual({ socket, base });
});

test('feedback leaves out what is not known', () => {
  const figures = { state: 'buffering', position: null, target: 0.2, rate: 1, stalls: 0, stallMs: 0, jumps: 0, isFollowing: true } as const;
  const input = { selection: 3, figures, levels: { video: 1.23456789, audio: 9_999 }, receivedBytes: 5, presented: null, late: 2, damaged: 3, isAtLiveEdge: false };
  expect(feedback(input)).toEqual({
    type: 'feedback', selection: 3, state: 'buffering', videoBufferSeconds: 1.234568, audioBufferSeconds: 3_600, targetSeconds: 0.2,
    receivedBytes: 5, stalls: 0, stallMs: 0, late: 2, dropped: 5, decodeP95Ms: 0,
  });
  expect(feedback({ ...input, figures: { ...figures, position: 7.5, rate: 1.05 }, presented: 9, isAtLiveEdge: true })).toMatchObject({
    positionSeconds: 7.5, presented: 9, playbackRate: 1.05,
  });
});

test('the pace stays within its bounds for whatever comes', () => {
  const pace = new PlayoutPace();
  for (let step = 0; step < 500; step++) {
    pace.update({ hasReadAhead: step % 2 === 0, depth: Math.sin(step / 20) * 3, target: 0.2, level: Math.abs(Math.cos(step / 9)) * 3 }, step / 10);
    expect(pace.rate).toBeGreaterThanOrEqual(0.95);
    expect(pace.rate).toBeLessThanOrEqual(1.1);
  }
});
