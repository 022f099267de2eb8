import { LiveDepth } from './live-depth';
import type { PlayoutActions, PlayoutFigures, PlayoutInput, Readiness } from './playout-input';
import { PlayoutPace } from './playout-pace';
import { StallMeter } from './stall-meter';
import { TargetDelay } from './target-delay';

/** How a selection is played. Seconds. */
export interface PlayoutOptions {
  /** What lies ready before playout starts on a good network. */
  readonly targetDelay: number;
  /** The highest target that is learned. */
  readonly maxTargetDelay: number;
}

/** Less than this ahead of playout is nothing: the browser stands, or will before the next look. */
const EMPTY_SECONDS = 0.06;

/** An element that stands for so long although media lies ahead of it is held up by something else, such as its decoder. */
const STUCK_SECONDS = 0.3;

/** Nothing comes for so long: it is asked for anew. */
const PATIENCE_SECONDS = 5;

/** Between two looks; more, and the machine has slept, and the server has given up the session (10 s). */
const ASLEEP_SECONDS = 10;

/** A pause that is shorter does not take playout from the live edge. */
const SHORT_PAUSE_SECONDS = 0.3;

/** Positions within the first of these milliseconds may lie before what they should be in, by rounding. */
const INTO_SECONDS = 0.001;

/** Time between two looks that counts as looked at: a page in the background is looked at once a second or not at all. */
const LOOK_SECONDS = 0.2;

/** Nobody is further ahead than the broadcast but by mistake: keys and media sessions of a browser may seek. */
const AHEAD_SECONDS = 1;

type Phase = 'idle' | 'buffering' | 'playing' | 'stalled';

/**
 * Decides when playout starts, how fast it goes, where it jumps and when it has stalled. It is given how things stand, ten times a second
 * or when something has changed, and says what is to be done. Holds no clock, no timer and no media.
 */
export class PlayoutController {
  readonly #options: PlayoutOptions;
  readonly #pace = new PlayoutPace();
  readonly #depth = new LiveDepth();
  readonly #stalls = new StallMeter();
  #target: TargetDelay;
  #phase: Phase = 'idle';
  #start: number | null = null;
  #isFollowing = false;
  #isToJump = false;
  #hasReadAhead = true;
  #level = 0;
  #now: number | null = null;
  #position: number | null = null;
  /** What was waited for lies ready: the stall ends as soon as the element moves. */
  #isReleased = false;
  /** For how long the element has stood, by looks that were made in time. */
  #standing = 0;
  #pausedAt: number | null = null;
  #askedAt: number | null = null;
  #jumps = 0;

  constructor(options: PlayoutOptions) {
    this.#options = options;
    this.#target = this.#newTarget();
  }

  /** How things stood at the last look. */
  get figures(): PlayoutFigures {
    return {
      state: this.#pausedAt !== null ? 'paused' : this.#phase === 'idle' ? 'buffering' : this.#phase,
      position: this.#phase === 'buffering' || this.#phase === 'idle' ? this.#start : this.#position,
      target: this.#target.at(this.#now ?? 0),
      rate: this.#pace.rate,
      stalls: this.#stalls.count,
      stallMs: Math.round(this.#stalls.secondsAt(this.#now ?? 0) * 1_000),
      jumps: this.#jumps,
      isFollowing: this.#isFollowing,
    };
  }

  /** Another selection is awaited; playout is held. */
  reset(): void {
    this.#phase = 'idle';
    this.#start = null;
    this.#target = this.#newTarget();
    this.#stalls.reset();
    this.#onBreak();
  }

  /**
   * A selection begins at a position.
   *
   * @param isLive it is on the broadcast's timeline: playout keeps to the live edge until the user pauses
   * @param hasReadAhead the server sends ahead of the broadcast
   */
  begin(start: number, isLive: boolean, hasReadAhead: boolean): void {
    this.#phase = 'buffering';
    this.#start = start;
    this.#isFollowing = isLive;
    this.#hasReadAhead = hasReadAhead;
    this.#onBreak();
  }

  /** A selection goes on where the one before it is: what lies ready is played on. */
  goOn(): void {
    this.#stalls.reset();
    if (this.#phase === 'stalled' && this.#now !== null && this.#pausedAt === null) this.#stalls.resume(this.#now);
    this.#askedAt = this.#now;
  }

  /** Playout keeps to the live edge again, and goes there at once. */
  follow(): void {
    this.#isFollowing = true;
    this.#isToJump = true;
  }

  /** Looks at how things stand. */
  update(input: PlayoutInput): PlayoutActions {
    const passed = this.#now === null ? 0 : input.now - this.#now;
    this.#now = input.now;
    this.#askedAt ??= input.now;
    if (passed > ASLEEP_SECONDS) {
      this.#askedAt = input.now;
      return this.#act(null, 'connect');
    }
    this.#standing = input.position === this.#position ? this.#standing + Math.min(passed, LOOK_SECONDS) : 0;
    this.#notePause(input);
    switch (this.#phase) {
      case 'idle':
        return this.#act(null);
      case 'buffering':
        return this.#whileBuffering(input);
      default:
        return this.#whilePlaying(input);
    }
  }

  #newTarget(): TargetDelay {
    return new TargetDelay({ floor: this.#options.targetDelay, ceiling: this.#options.maxTargetDelay });
  }

  #onBreak(): void {
    this.#pace.reset();
    this.#depth.reset();
    this.#position = null;
    this.#askedAt = this.#now;
  }

  #act(seekTo: number | null, ask: PlayoutActions['ask'] = null): PlayoutActions {
    const goes = this.#phase === 'playing' || (this.#phase === 'stalled' && this.#isReleased);
    return { rate: goes ? this.#pace.rate : 0, seekTo, ask };
  }

  #notePause({ isPaused, now }: PlayoutInput): void {
    if (isPaused) {
      if (this.#pausedAt === null) this.#stalls.pause(now);
      this.#pausedAt ??= now;
    } else if (this.#pausedAt !== null) {
      const wasShort = now - this.#pausedAt < SHORT_PAUSE_SECONDS;
      if (!wasShort && this.#phase !== 'buffering') this.#isFollowing = false;
      if (this.#phase === 'stalled') this.#stalls.resume(now);
      this.#pausedAt = null;
      this.#standing = 0;
      this.#askedAt = this.#phase === 'buffering' ? now - PATIENCE_SECONDS : now;
    }
  }

  #whileBuffering(input: PlayoutInput): PlayoutActions {
    const start = this.#start!;
    const end = Math.min(input.video(start).end, input.audio(start).end);
    const target = this.#target.at(input.now);
    if (end - start < (input.hasEnded ? EMPTY_SECONDS : target)) return this.#act(null, this.#askIfLate(input));
    const wanted = this.#isFollowing && input.liveEdge !== null ? input.liveEdge - target : start;
    if (wanted > end && !input.isPaused && this.#hasReadAhead && !input.hasEnded) return this.#act(null, this.#askIfLate(input));
    // A user who has not started yet starts at the live edge as it is then.
    if (input.isPaused && this.#isFollowing) return this.#act(null);
    const aim = Math.max(start, Math.min(wanted, end - target));
    this.#phase = 'playing';
    this.#position = aim;
    this.#standing = 0;
    return this.#act(aim + INTO_SECONDS);
  }

  #whilePlaying(input: PlayoutInput): PlayoutActions {
    if (input.isSeeking) {
      this.#standing = 0;
      this.#position = input.position;
      return this.#act(null, this.#askIfLate(input));
    }
    this.#position = input.position;
    const video = input.video(input.position);
    const audio = input.audio(input.position);
    this.#level = Math.min(video.end, audio.end) - input.position;
    const beyond = this.#beyondGap(input.position, video, audio);
    if (beyond !== null) return this.#act(beyond);
    if (this.#phase === 'stalled') return this.#whileStalled(input);
    if (input.isPaused) return this.#act(null);
    if (this.#isStanding(input)) {
      this.#stall(input.now);
      return this.#act(null);
    }
    return this.#keepToEdge(input);
  }

  /** Where playout goes on behind a gap that it has reached; null: there is none. */
  #beyondGap(position: number, ...tracks: readonly Readiness[]): number | null {
    const empty = tracks.filter((track) => track.end - position < EMPTY_SECONDS);
    if (empty.length === 0 || empty.some((track) => track.goesOnAt === null)) return null;
    this.#jumps++;
    this.#onBreak();
    return Math.max(...empty.map((track) => track.goesOnAt!)) + INTO_SECONDS;
  }

  #isStanding({ hasEnded }: PlayoutInput): boolean {
    return !hasEnded && (this.#level < EMPTY_SECONDS || this.#standing >= STUCK_SECONDS);
  }

  #stall(now: number): void {
    this.#phase = 'stalled';
    this.#stalls.begin(now);
    this.#askedAt = now;
    // An element that stands although media lies ahead is held up by itself, and not to be held as well.
    this.#isReleased = this.#level >= EMPTY_SECONDS;
    if (!this.#isReleased) this.#target.onLate(now);
    this.#pace.reset();
    this.#depth.reset();
  }

  #whileStalled(input: PlayoutInput): PlayoutActions {
    this.#isReleased ||= this.#level >= this.#target.at(input.now) || input.hasEnded;
    if (!this.#isReleased || this.#standing > 0) return this.#act(null, this.#askIfLate(input));
    this.#phase = 'playing';
    this.#stalls.end(input.now);
    return this.#act(null);
  }

  #askIfLate({ now, isPaused, hasEnded }: PlayoutInput): PlayoutActions['ask'] {
    if (isPaused || hasEnded || now - (this.#askedAt ?? now) < PATIENCE_SECONDS) return null;
    this.#askedAt = now;
    return 'select';
  }

  #keepToEdge(input: PlayoutInput): PlayoutActions {
    const depth = this.#depth.update(input, this.#level, this.#hasReadAhead);
    if (!this.#isFollowing || depth === null) {
      this.#pace.reset();
      return this.#act(null);
    }
    const target = this.#target.at(input.now);
    if (input.liveEdge !== null && input.position > input.liveEdge + AHEAD_SECONDS) return this.#act(input.liveEdge - target);
    const isToJump = this.#isToJump && this.#level - depth > 0;
    this.#isToJump = false;
    const jump = isToJump ? depth - target : this.#pace.update({ depth, target, level: this.#level, hasReadAhead: this.#hasReadAhead }, input.now);
    if (jump > 0) {
      this.#jumps++;
      this.#onBreak();
      return this.#act(input.position + jump);
    }
    // The live edge is further away than anything that lies ready, as after a night in the background.
    const isLost = this.#hasReadAhead && depth > PATIENCE_SECONDS && depth > this.#level;
    return this.#act(null, isLost ? this.#askIfLate(input) : null);
  }
}
