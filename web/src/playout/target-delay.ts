/** Seconds. */
export interface TargetDelayOptions {
  /** What is wanted on a network on which nothing comes late. */
  readonly floor: number;
  /** The highest that is learned. */
  readonly ceiling: number;
}

const STEP_FACTOR = 1.2;
const LEAST_STEP = 0.04;
const BETWEEN_STEPS = 0.5;
const CLEAN_SECONDS = 10;
const SHRINK_PER_SECOND = 0.02;

/**
 * How much media is to lie ready before playout starts: more for as long as units come late. Grows at once by a fifth, at least 40 ms;
 * shrinks by 20 ms a second after 10 s in which nothing came late. All times are seconds. Holds no clock.
 */
export class TargetDelay {
  readonly #options: TargetDelayOptions;
  #learned: number;
  #lastLate = -Infinity;
  #shrunkUntil = -Infinity;

  constructor(options: TargetDelayOptions) {
    this.#options = options;
    this.#learned = options.floor;
  }

  /** The delay wanted now. */
  at(now: number): number {
    const from = Math.max(this.#lastLate + CLEAN_SECONDS, this.#shrunkUntil);
    if (now > from) {
      if (Number.isFinite(from)) this.#learned = Math.max(this.#options.floor, this.#learned - (now - from) * SHRINK_PER_SECOND);
      this.#shrunkUntil = now;
    }
    return this.#learned;
  }

  /** Something came later than it was needed: `needed` is the delay with which it would have been just in time, if known. */
  onLate(now: number, needed = 0): void {
    const present = this.at(now);
    if (now - this.#lastLate < BETWEEN_STEPS) return;
    this.#lastLate = now;
    const grown = Math.max(present + LEAST_STEP, present * STEP_FACTOR, needed);
    this.#learned = Math.min(Math.max(this.#options.ceiling, this.#options.floor), grown);
  }
}
