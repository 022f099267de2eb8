import type { Configuration } from '../protocol/configuration';
import type { RoutedUnit } from '../session/track-router';
import type { Track } from '../session/session';
import type { Readiness } from '../playout/playout-input';
import { mimeType } from '../media/init-segment';
import { SourceTrack } from './source-track';

/** Two stretches with less between them are one: browsers play on over it. */
const JOINED_SECONDS = 0.06;

/** More than this waits for a SourceBuffer only if the browser takes nothing any more. */
const MOST_QUEUED_BYTES = 48_000_000;

const SourceClass = globalThis.ManagedMediaSource ?? globalThis.MediaSource;

/** Gives what comes in to a media element by way of Media Source Extensions. */
export class MediaSourceSink {
  /** Told when something is ready that was not. */
  onProgress: () => void = () => {};

  /** Told once when the browser does not take what it is given. */
  onFailed: (reason: string) => void = () => {};

  readonly #element: HTMLVideoElement;
  readonly #source = new SourceClass!();
  readonly #tracks = new Map<Track, SourceTrack>();
  readonly #waiting = new Map<Track, Configuration>();
  #early: { track: Track; unit: RoutedUnit }[] = [];
  #earlyBytes = 0;
  #hasFailed = false;
  #url: string;

  /** Takes the element over. */
  constructor(element: HTMLVideoElement) {
    this.#element = element;
    this.#source.addEventListener('sourceopen', () => this.#guard(() => this.#open()));
    this.#url = URL.createObjectURL(this.#source);
    // A ManagedMediaSource asks for it: there is no remote playback of what a page puts together.
    element.disableRemotePlayback = true;
    element.src = this.#url;
  }

  /** Whether this browser can play in this way. */
  static isSupported(): boolean {
    return SourceClass !== undefined && SourceClass.isTypeSupported('video/mp4; codecs="avc1.64001f,mp4a.40.2"');
  }

  /** Bytes that wait for the browser to take them. */
  get queuedBytes(): number {
    let sum = this.#earlyBytes;
    for (const track of this.#tracks.values()) sum += track.queuedBytes;
    return sum;
  }

  configure(track: Track, configuration: Configuration): void {
    this.#guard(() => {
      const existing = this.#tracks.get(track);
      if (existing) {
        existing.configure(configuration);
      } else if (!SourceClass!.isTypeSupported(mimeType(configuration))) {
        this.#fail(`this browser does not play ${configuration.codec}`);
      } else {
        this.#waiting.set(track, configuration);
        this.#open();
      }
    });
  }

  append(track: Track, unit: RoutedUnit): void {
    if (this.#hasFailed) return;
    if (this.queuedBytes > MOST_QUEUED_BYTES) {
      this.#fail('the browser takes nothing any more');
      return;
    }
    const target = this.#tracks.get(track);
    if (target) {
      this.#guard(() => target.append(unit));
    } else {
      this.#early.push({ track, unit });
      this.#earlyBytes += unit.payload.length;
    }
  }

  /** Throws away all that lies ready. */
  clear(): void {
    this.#early = [];
    this.#earlyBytes = 0;
    this.#guard(() => this.#tracks.forEach((track) => track.clear()));
  }

  /** To be called now and then: keeps the buffers small. */
  tidy(): void {
    this.#guard(() => this.#tracks.forEach((track) => track.tidy()));
  }

  /** What lies ready from the position on. */
  readiness(track: Track, position: number): Readiness {
    const buffered = this.#source.readyState === 'open' ? this.#tracks.get(track)?.buffered : undefined;
    return buffered ? readinessIn(buffered, position) : { end: position, goesOnAt: null };
  }

  /** Gives the element back. */
  dispose(): void {
    this.#hasFailed = true;
    URL.revokeObjectURL(this.#url);
    if (this.#element.src === this.#url) {
      this.#element.removeAttribute('src');
      this.#element.load();
    }
  }

  /** Both SourceBuffers must be there before the first segment: a browser settles then on how many tracks there are. */
  #open(): void {
    const video = this.#waiting.get('video');
    const audio = this.#waiting.get('audio');
    if (this.#source.readyState !== 'open' || !video || !audio || this.#tracks.size > 0) return;
    this.#source.duration = Infinity;
    for (const configuration of [video, audio]) {
      const track = new SourceTrack(this.#source, configuration, () => this.#element.currentTime, () => this.#guard(() => {
        track.work();
        this.onProgress();
      }));
      this.#tracks.set(configuration.kind, track);
    }
    this.#tracks.get('video')!.configure(video);
    this.#tracks.get('audio')!.configure(audio);
    const early = this.#early;
    this.#early = [];
    this.#earlyBytes = 0;
    for (const { track, unit } of early) this.append(track, unit);
  }

  /** A source that the browser has closed throws whatever one does with it. */
  #guard(action: () => void): void {
    if (this.#hasFailed) return;
    try {
      action();
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #fail(reason: string): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.onFailed(reason);
  }
}

export function readinessIn(buffered: TimeRanges, position: number): Readiness {
  let end = position;
  for (let index = 0; index < buffered.length; index++) {
    if (buffered.end(index) <= position) continue;
    const start = buffered.start(index);
    if (start > end + JOINED_SECONDS) return { end, goesOnAt: start };
    end = buffered.end(index);
  }
  return { end, goesOnAt: null };
}

declare global {
  // Not in TypeScript's library yet: https://w3c.github.io/media-source/#managedmediasource-interface
  // eslint-disable-next-line no-var
  var ManagedMediaSource: typeof MediaSource | undefined;
}
