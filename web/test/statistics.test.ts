import { expect, test } from 'vitest';
import { History } from '../src/element/history';
import { describe as inWords } from '../src/element/statistics-overlay';
import { PictureSkew, skewMs } from '../src/player/picture-skew';
import { renditionAt, type PlayerStatistics } from '../src/player/statistics';
import { readListed } from '../src/session/channel-list';

const notice = (selection: number, name: string, atSeconds: number) =>
  ({ type: 'rendition', selection, to: 0, name, atSeconds, reason: 'x' }) as const;

const statistics: PlayerStatistics = {
  channel: 'a', rendition: '720p', width: 1280, height: 720, frameRate: 30, state: 'playing', position: 10, videoBuffer: 3, audioBuffer: 2.5,
  target: 0.2, playbackRate: 1, latency: 0.21, roundTripMs: 3, linkBitsPerSecond: 5.2e6, skewMs: -8.4, receivedBytes: 0, presented: 0, dropped: 0, stalls: 0, stallMs: 0, jumps: 0, notices: [], sound: null,
};

test('the rung that is played is the one sent for that position, not the one sent last', () => {
  const notices = [notice(1, 'old', 0), notice(2, '360p', 4), notice(2, '720p', 9)];
  expect(renditionAt(notices, 8)?.name).toBe('360p');
  expect(renditionAt(notices, 9)?.name).toBe('720p');
  expect(renditionAt(notices, 1)?.name).toBe('360p');
  expect(renditionAt([], 1)).toBeUndefined();
});

test('a minute of history is kept, and rates are of what came in between', () => {
  const history = new History();
  for (let step = 0; step <= 1_000; step++) history.note(step / 10, { ...statistics, receivedBytes: step * 12_500, presented: step * 3 });
  expect(history.moments.length).toBeGreaterThan(100);
  expect(history.moments.length).toBeLessThanOrEqual(121);
  expect(history.recent((moment) => moment.bitsPerSecond)).toBeCloseTo(1e6, -1);
  expect(history.recent((moment) => moment.framesPerSecond)).toBeCloseTo(30, 3);
  history.note(101, { ...statistics, receivedBytes: 0, presented: 0 });
  expect(history.moments.at(-1)!.bitsPerSecond).toBe(0);
});

test('statistics are told in words', () => {
  const words = Object.fromEntries(inWords({ ...statistics, latency: null }, new History()));
  expect(words.Rung).toBe('720p (1280x720)');
  expect(words.Latency).toContain('not known');
  expect(words.Link).toBe('about 5.20 Mbit/s, as the server sees it');
  expect(words['A/V']).toBe('picture 8 ms behind the sound');
  const unknown = Object.fromEntries(inWords({ ...statistics, linkBitsPerSecond: null, skewMs: null }, new History()));
  expect([unknown.Link, unknown['A/V']]).toEqual(['not known', 'not known']);
});

test('a listed channel has addresses of its own server only', () => {
  const channel = { index: 0, name: 'a', title: '<b>', durationSeconds: 1, width: 2, height: 2, frameRate: 25, hasAudio: true, renditions: [] };
  const read = readListed({ ...channel, viewers: 3, poster: 'api/channels/0/poster.jpg', hls: 'https://elsewhere.example/x' }, 'http://host/live/');
  expect(read).toMatchObject({ title: '<b>', viewers: 3, poster: 'http://host/live/api/channels/0/poster.jpg', hls: null });
  expect(readListed(channel, 'http://host/')).toMatchObject({ viewers: 0, poster: null, hls: null });
});

test('a picture is held against the sound at the time at which it is on the display', () => {
  expect(skewMs(10, 9.99, 0.01, 1)).toBeCloseTo(0);
  expect(skewMs(10, 10.02, 0.01, 1)).toBeCloseTo(-30);
  expect(skewMs(10, 9.99, 0.01, 1.1)).toBeCloseTo(-1);

  let show: VideoFrameRequestCallback = () => {};
  let asked = 0;
  const element = { paused: false, seeking: false, currentTime: 5, playbackRate: 1, requestVideoFrameCallback: (callback: VideoFrameRequestCallback) => { asked++; show = callback; return 0; } };
  const skew = new PictureSkew(element as unknown as HTMLVideoElement);
  for (const late of [12, 20, 500, 16, 14, 18]) {
    skew.look();
    skew.look();
    show(0, { mediaTime: 5 - late / 1_000, expectedDisplayTime: 0 } as VideoFrameCallbackMetadata);
  }
  expect(asked).toBe(6);
  expect(skew.ms).toBeCloseTo(-16);
  skew.reset();
  expect(skew.ms).toBeNull();
});
