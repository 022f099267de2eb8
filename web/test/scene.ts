import { PlayoutController } from '../src/playout/playout-controller';
import type { PlayoutActions, Readiness } from '../src/playout/playout-input';

const STEP = 0.1;

/** A media element, its buffers and a clock that a test moves: plays as the controller says, as far as something lies ready. */
export class Scene {
  readonly controller = new PlayoutController({ targetDelay: 0.2, maxTargetDelay: 1.5 });
  now = 1_000;
  position = 0;
  edge: number | null = null;
  isPaused = false;
  isStuck = false;
  hasEnded = false;
  /** The element plays at its rate divided by this. */
  slowness = 1;
  /** What comes keeps so far ahead of playout, seconds; null: nothing comes by itself. */
  feedAhead: number | null = null;
  #rate = 0;
  #video: [number, number][] = [];
  #audio: [number, number][] = [];

  begin(start: number, isLive: boolean, hasReadAhead = true): void {
    this.controller.reset();
    this.controller.begin(start, isLive, hasReadAhead);
    this.#video = [[start, start]];
    this.#audio = [[start, start]];
  }

  /** Media has come up to here. */
  receive(video: number, audio = video): void {
    this.#video.at(-1)![1] = video;
    this.#audio.at(-1)![1] = audio;
  }

  /** Behind what is there something else has come. */
  gap(start: number, end: number): void {
    this.#video.push([start, end]);
    this.#audio.push([start, end]);
  }

  look(): PlayoutActions {
    const actions = this.controller.update({
      now: this.now, position: this.position, isSeeking: false, isPaused: this.isPaused, liveEdge: this.edge, hasEnded: this.hasEnded,
      video: (position) => readiness(this.#video, position),
      audio: (position) => readiness(this.#audio, position),
    });
    if (actions.seekTo !== null) this.position = actions.seekTo;
    this.#rate = actions.rate;
    return actions;
  }

  /** Time passes, with a look every 100 ms. */
  run(seconds: number): PlayoutActions[] {
    const all: PlayoutActions[] = [];
    for (let step = 0; step < Math.round(seconds / STEP); step++) {
      this.#pass(STEP, this.isPaused || this.isStuck ? 0 : this.#rate);
      all.push(this.look());
    }
    return all;
  }

  /** The page is hidden and its element stands; nothing is looked at but once a second. */
  hide(seconds: number): void {
    for (let second = 0; second < seconds; second++) this.#pass(1, 0);
  }

  /** Time passes with nothing done. */
  sleep(seconds: number): void {
    this.now += seconds;
  }

  #pass(seconds: number, rate: number): void {
    this.now += seconds;
    if (this.edge !== null) this.edge += seconds;
    const end = Math.min(readiness(this.#video, this.position).end, readiness(this.#audio, this.position).end);
    this.position = Math.max(this.position, Math.min(end, this.position + (seconds * rate) / this.slowness));
    if (this.feedAhead !== null) this.receive(this.position + this.feedAhead);
  }
}

function readiness(ranges: readonly [number, number][], position: number): Readiness {
  let end = position;
  for (const [start, stop] of ranges) {
    if (stop <= position) continue;
    if (start > end + 0.06) return { end, goesOnAt: start };
    end = stop;
  }
  return { end, goesOnAt: null };
}
