import { PlayoutController, type PlayoutOptions } from '../playout/playout-controller';
import type { PlayoutActions, PlayoutFigures } from '../playout/playout-input';
import type { Track } from '../session/session';
import type { TrackEvent } from '../session/track-router';
import { MediaSourceSink } from './media-source-sink';

/** A browser that fails so often within this time does not play what it is given. */
const MOST_FAILURES = 3;
const FAILURES_WITHIN_MS = 20_000;
const TIDY_EVERY_MS = 1_000;

/** Media lying ready ahead of a position, seconds. */
export interface Levels {
  readonly video: number;
  readonly audio: number;
}

/** Brings together the element, what is appended to it, and who decides what it does. Knows nothing of selections and sessions. */
export class Playback {
  /** Told when something is ready that was not, while playout waits. */
  onReady: () => void = () => {};

  /** The browser failed; `isFinal`: again and again. What it had is gone. */
  onFailed: (reason: string, isFinal: boolean) => void = () => {};

  readonly #element: HTMLVideoElement;
  readonly #controller: PlayoutController;
  #sink: MediaSourceSink;
  #failures: number[] = [];
  #tidiedAt = 0;
  /** Up to where the present selection has come: behind it may lie what an earlier one has left. */
  #received = { video: -Infinity, audio: -Infinity };

  constructor(element: HTMLVideoElement, options: PlayoutOptions) {
    this.#element = element;
    this.#controller = new PlayoutController(options);
    this.#sink = this.#makeSink();
    element.addEventListener('error', this.#onElementError);
  }

  get figures(): PlayoutFigures {
    return this.#controller.figures;
  }

  /** How much of the present selection lies ready from playout on. */
  get levels(): Levels {
    const position = this.#controller.figures.position ?? this.#element.currentTime;
    const level = (track: Track) =>
      Math.max(0, Math.min(this.#sink.readiness(track, position).end, this.#received[track]) - position);
    return { video: level('video'), audio: level('audio') };
  }

  /** Up to where both tracks lie ready from playout on, from whatever selection. */
  get end(): number {
    const position = this.#element.currentTime;
    return Math.min(this.#sink.readiness('video', position).end, this.#sink.readiness('audio', position).end);
  }

  /** Throws away what lies ready, and waits for another selection. */
  hold(): void {
    this.#sink.clear();
    this.#controller.reset();
    this.#forgetReceived();
  }

  begin(start: number, isLive: boolean, hasReadAhead: boolean): void {
    this.#controller.begin(start, isLive, hasReadAhead);
  }

  /** Another selection takes the place of the present one where it is. */
  goOn(): void {
    this.#controller.goOn();
    this.#forgetReceived();
  }

  follow(): void {
    this.#controller.follow();
  }

  onTrack(track: Track, event: TrackEvent): void {
    if (event.kind === 'configuration') {
      this.#sink.configure(track, event.configuration);
    } else {
      const { unit } = event;
      this.#received[track] = (unit.pts + unit.duration) / 1e6;
      this.#sink.append(track, unit);
    }
  }

  /** Looks at how things stand, and does what is to be done. What only a session can do comes back. */
  look(liveEdge: number | null, hasEnded: boolean): PlayoutActions['ask'] {
    const now = performance.now();
    if (now - this.#tidiedAt > TIDY_EVERY_MS) {
      this.#tidiedAt = now;
      this.#sink.tidy();
    }
    const element = this.#element;
    const { rate, seekTo, ask } = this.#controller.update({
      now: now / 1_000,
      position: element.currentTime,
      isSeeking: element.seeking,
      isPaused: element.paused,
      liveEdge,
      hasEnded,
      video: (position) => this.#sink.readiness('video', position),
      audio: (position) => this.#sink.readiness('audio', position),
    });
    if (seekTo !== null) element.currentTime = seekTo;
    if (element.playbackRate !== rate) element.playbackRate = rate;
    return ask;
  }

  dispose(): void {
    this.#element.removeEventListener('error', this.#onElementError);
    this.#sink.dispose();
  }

  #forgetReceived(): void {
    this.#received = { video: -Infinity, audio: -Infinity };
  }

  #makeSink(): MediaSourceSink {
    const sink = new MediaSourceSink(this.#element);
    sink.onProgress = () => {
      if (this.#controller.figures.state !== 'playing') this.onReady();
    };
    sink.onFailed = (reason) => this.#fail(reason);
    return sink;
  }

  readonly #onElementError = (): void => {
    const { error } = this.#element;
    if (error) this.#fail(error.message || `the browser's decoder failed (${error.code})`);
  };

  /** A source that has failed is of no more use; another one begins anew. */
  #fail(reason: string): void {
    const now = performance.now();
    this.#failures = [...this.#failures.filter((at) => now - at < FAILURES_WITHIN_MS), now];
    const isFinal = this.#failures.length > MOST_FAILURES;
    const wasPaused = this.#element.paused;
    this.#sink.dispose();
    this.#controller.reset();
    this.#forgetReceived();
    if (!isFinal) {
      this.#sink = this.#makeSink();
      if (!wasPaused) this.#element.play().catch(() => {});
    }
    this.onFailed(reason, isFinal);
  }
}
