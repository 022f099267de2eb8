import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AudioConfiguration, VideoConfiguration } from '../src/protocol/configuration';

/** A ManagedMediaSource as far as a sink needs one: Safari on iPhones has this and no MediaSource. */
class FakeManaged extends EventTarget {
  static made: FakeManaged[] = [];
  static isTypeSupported = (type: string) => !type.includes('vp9');
  readyState = 'closed';
  duration = Number.NaN;
  types: string[] = [];
  /** Ranges that lie ready; the browser may take any of them away when it likes. */
  ranges: [number, number][] = [];
  appended = 0;

  constructor() {
    super();
    FakeManaged.made.push(this);
  }

  addSourceBuffer(type: string) {
    this.types.push(type);
    const source = this;
    const buffer = Object.assign(new EventTarget(), {
      updating: false, timestampOffset: 0,
      appendBuffer() {
        source.appended++;
        buffer.updating = true;
        queueMicrotask(() => {
          buffer.updating = false;
          buffer.dispatchEvent(new Event('updateend'));
        });
      },
      remove() {},
      changeType() {},
    });
    Object.defineProperty(buffer, 'buffered', {
      get: () => ({ length: source.ranges.length, start: (at: number) => source.ranges[at]![0], end: (at: number) => source.ranges[at]![1] }),
    });
    return buffer;
  }

  open() {
    this.readyState = 'open';
    this.dispatchEvent(new Event('sourceopen'));
  }
}

vi.stubGlobal('ManagedMediaSource', FakeManaged);
vi.stubGlobal('MediaSource', undefined);
URL.createObjectURL = () => 'blob:x';
URL.revokeObjectURL = () => {};
const { MediaSourceSink } = await import('../src/player/media-source-sink');
afterAll(() => vi.unstubAllGlobals());

const video: VideoConfiguration = { kind: 'video', codec: 'avc1.64001f', width: 64, height: 36, setup: new Uint8Array(8) };
const audio: AudioConfiguration = { kind: 'audio', codec: 'mp4a.40.2', sampleRate: 48_000, channels: 2, setup: new Uint8Array(2) };
const unit = { pts: 0, dts: 0, duration: 40_000, isKeyframe: true, payload: new Uint8Array(10), rendition: 0, isTurnStart: false, isBreak: false };

describe('where there is a ManagedMediaSource only', () => {
  let element: { src: string; disableRemotePlayback: boolean; currentTime: number };

  beforeEach(() => {
    FakeManaged.made = [];
    element = { src: '', disableRemotePlayback: false, currentTime: 0 };
  });

  const begin = () => {
    const sink = new MediaSourceSink(element as HTMLVideoElement);
    return { sink, source: FakeManaged.made[0]! };
  };

  test('it is what is used, and the element plays nowhere else, without which it would never open', () => {
    expect(MediaSourceSink.isSupported()).toBe(true);
    const { source } = begin();
    expect(source.readyState).toBe('closed');
    expect(element).toMatchObject({ src: 'blob:x', disableRemotePlayback: true });
  });

  test('what came before it opened is appended when it has, once both tracks are known', async () => {
    const { sink, source } = begin();
    sink.configure('video', video);
    sink.append('video', unit);
    source.open();
    expect(source.types).toEqual([]);
    sink.configure('audio', audio);
    expect(source.types).toEqual(['video/mp4; codecs="avc1.64001f"', 'audio/mp4; codecs="mp4a.40.2"']);
    expect(source.duration).toBe(Infinity);
    await vi.waitFor(() => expect(source.appended).toBe(3));
    expect(sink.queuedBytes).toBe(0);
  });

  test('what the browser takes away by itself is not ready any more', () => {
    const { sink, source } = begin();
    sink.configure('video', video);
    sink.configure('audio', audio);
    source.open();
    source.ranges = [[0, 8]];
    expect(sink.readiness('video', 1)).toEqual({ end: 8, goesOnAt: null });
    source.ranges = [[4, 8]];
    expect(sink.readiness('video', 1)).toEqual({ end: 1, goesOnAt: 4 });
    source.ranges = [];
    expect(sink.readiness('video', 1)).toEqual({ end: 1, goesOnAt: null });
  });

  test('a codec that it does not play is said once', () => {
    const { sink } = begin();
    const failed = vi.fn();
    sink.onFailed = failed;
    sink.configure('video', { ...video, codec: 'vp9' });
    sink.configure('video', { ...video, codec: 'vp9' });
    expect(failed).toHaveBeenCalledExactlyOnceWith('this browser does not play vp9');
  });
});
