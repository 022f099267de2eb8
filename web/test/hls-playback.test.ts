import { describe, expect, test } from 'vitest';
import { Events, type default as Hls } from 'hls.js';
import { HlsPlayback } from '../src/player/hls-playback';
import type { Channel } from '../src/protocol/messages';

const channel = { renditions: [{ index: 0, name: '240p' }, { index: 1, name: '360p' }, { index: 2, name: '720p' }] } as unknown as Channel;

/** As little of hls.js as is used. The middle rung is withdrawn. */
class FakeEngine {
  levels = [{ uri: 'http://host/hls/1/0/index.m3u8' }, { uri: 'http://host/hls/1/2/index.m3u8?_HLS_msn=4' }];
  autoLevelEnabled = true;
  level = 0;
  latency = 1.5;
  targetLatency: number | null = null;
  liveSyncPosition: number | null = null;
  media: { currentTime: number; play(): Promise<void> } | null = null;
  currentLevel = -1;
  chosen: number[] = [];
  readonly #listeners: [string, (event: string, data: object) => void][] = [];
  get loadLevel() { return this.level; }
  set loadLevel(level: number) { this.chosen.push(level); }
  on(event: string, listener: (event: string, data: object) => void) { this.#listeners.push([event, listener]); }
  emit(event: string, data: object) { for (const [name, listener] of this.#listeners) if (name === event) listener(event, data); }
}
const engine = () => new FakeEngine() as FakeEngine & Hls;

describe('playback by hls.js', () => {
  test('has rungs by their index in the channel, whatever levels there are', () => {
    const fake = engine();
    const playback = new HlsPlayback(fake, channel);
    for (const index of [2, 0, 1, null]) playback.chooseRendition(index);
    // What is withdrawn is left to Auto.
    expect(fake.chosen).toEqual([1, 0, -1, -1]);
    expect([playback.chosenRendition, playback.rendition]).toEqual([null, null]);
    Object.assign(fake, { autoLevelEnabled: false, level: 1, currentLevel: 1 });
    expect([playback.chosenRendition, playback.rendition]).toEqual([2, '720p']);
  });

  test('forgets what a level has of parts when it is switched to, since another may have been laid over them', () => {
    const fake = engine();
    const changes: string[] = [];
    new HlsPlayback(fake, channel).onChange(() => changes.push('changed'));
    const parts = [{ isAppended: true, clearElementaryStreamInfo() { this.isAppended = false; } }, { isAppended: true, clearElementaryStreamInfo() { this.isAppended = false; } }];
    fake.emit(Events.LEVEL_SWITCHING, { details: { partList: parts } });
    expect(parts.map((part) => part.isAppended)).toEqual([false, false]);
    fake.emit(Events.LEVEL_SWITCHING, { details: null });
    fake.emit(Events.LEVEL_SWITCHING, { details: { partList: null } });
    expect(changes).toHaveLength(3);
  });

  test('is behind where it means to be nearer, and goes to the live edge from there', () => {
    const fake = engine();
    const playback = new HlsPlayback(fake, channel);
    expect(playback.isBehind).toBe(false);
    Object.assign(fake, { targetLatency: 1.2 });
    expect(playback.isBehind).toBe(false);
    fake.latency = 9;
    expect(playback.isBehind).toBe(true);
    playback.goLive();
    let plays = 0;
    const media = { currentTime: 20, play: () => { plays += 1; return Promise.reject(new Error('the page may not')); } };
    Object.assign(fake, { media, liveSyncPosition: 28.5 });
    playback.goLive();
    expect([media.currentTime, plays]).toEqual([28.5, 1]);
  });
});
