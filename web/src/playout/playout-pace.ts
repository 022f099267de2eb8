/** How playout stands towards where it should be at the live edge, seconds. */
export interface PaceInput {
  /** How far it is behind at the best. */
  readonly depth: number;
  /** How far it should be behind. */
  readonly target: number;
  /** Media ahead of playout at present. */
  readonly level: number;
  /** Seconds of media lie ready, so nothing is in danger, and it is only a matter of being where the broadcast is. */
  readonly hasReadAhead: boolean;
}

const LEAST_BAND = 0.05;
const BEHIND_FOR = 0.5;
const SHORT_FOR = 1;
const FAR_BEHIND = 0.5;

/** The same with read-ahead. Playing faster costs a decoder that hardly follows most of all. */
const EASY_BAND = 0.3;
const EASY_FAR_BEHIND = 1;
const EASY_JUMP = 3;
const LEAST_JUMP = 2;
const JUMP_TARGETS = 5;
const MOST_CAUGHT_UP = 2;
const FASTER = 1.05;
const MUCH_FASTER = 1.1;
const SLOWER = 0.95;

/** Who plays faster for so long and is not this much nearer has a machine that cannot, and is let be for a while. */
const TRIAL_SECONDS = 5;
const LEAST_GAIN = 0.08;
const REST_SECONDS = 60;

/** Between two jumps; twice as long each time until one has held for a while. */
const BETWEEN_JUMPS = 5;
const MOST_BETWEEN_JUMPS = 60;

/**
 * Decides how fast playout goes at the live edge, and when it jumps there. A media element is not told of tiny corrections: each change
 * of rate costs it something that can be heard. So within 50 ms or a tenth of the target nothing is done; what is more for half a second
 * is caught up with at 5 %, above half a second at 10 %; what is less for a second is made up for at 5 % slower; either until nothing is
 * left. Further behind than 2 s and five times the target, or 2 s beyond it, it jumps; seldom, for a jump has the browser begin to decode
 * anew, and where that takes long it gains nothing. With read-ahead 300 ms are left alone, and it jumps from 3 s on. Holds no clock.
 */
export class PlayoutPace {
  rate = 1;
  #direction = 0;
  #outside = 0;
  #outsideSince = 0;
  #trial: { readonly at: number; readonly excess: number } | null = null;
  #restsUntil = -Infinity;
  #jumpedAt = -Infinity;
  #betweenJumps = BETWEEN_JUMPS;

  reset(): void {
    this.rate = 1;
    this.#direction = 0;
    this.#outside = 0;
  }

  /** Decides anew, and says by how much playout is to jump, seconds; 0: it is not. */
  update(input: PaceInput, now: number): number {
    const excess = input.depth - input.target;
    if (isTooFar(input, excess) && input.level - excess >= input.target / 2 && now - this.#jumpedAt >= this.#betweenJumps) {
      const hasHeld = now - this.#jumpedAt > 2 * MOST_BETWEEN_JUMPS;
      this.#betweenJumps = hasHeld ? BETWEEN_JUMPS : Math.min(MOST_BETWEEN_JUMPS, 2 * this.#betweenJumps);
      this.#jumpedAt = now;
      this.reset();
      return excess;
    }
    this.#turn(excess, input.hasReadAhead ? EASY_BAND : Math.max(LEAST_BAND, input.target / 10), now);
    this.rate = this.#rateFor(excess, input);
    if (this.#isInVain(excess, now)) this.rate = 1;
    return 0;
  }

  #turn(excess: number, band: number, now: number): void {
    if (this.#direction * excess <= 0) this.#direction = 0;
    const outside = excess > band ? 1 : excess < -band ? -1 : 0;
    if (outside !== this.#outside) {
      this.#outside = outside;
      this.#outsideSince = now;
    }
    if (outside !== 0 && now - this.#outsideSince >= (outside > 0 ? BEHIND_FOR : SHORT_FOR)) this.#direction = outside;
  }

  #isInVain(excess: number, now: number): boolean {
    if (now < this.#restsUntil) return this.rate > 1;
    if (this.rate <= 1) {
      this.#trial = null;
    } else if (!this.#trial || now - this.#trial.at >= TRIAL_SECONDS) {
      if (this.#trial && this.#trial.excess - excess < LEAST_GAIN) this.#restsUntil = now + REST_SECONDS;
      this.#trial = { at: now, excess };
    }
    return now < this.#restsUntil;
  }

  #rateFor(excess: number, { level, target, hasReadAhead }: PaceInput): number {
    if (this.#direction < 0) return SLOWER;
    // What is late just now is not to be run out of.
    if (this.#direction === 0 || level < target / 2) return 1;
    return excess > (hasReadAhead ? EASY_FAR_BEHIND : FAR_BEHIND) ? MUCH_FASTER : FASTER;
  }
}

function isTooFar({ depth, target, hasReadAhead }: PaceInput, excess: number): boolean {
  if (hasReadAhead) return excess > EASY_JUMP;
  return depth > LEAST_JUMP && (depth > target * JUMP_TARGETS || excess > MOST_CAUGHT_UP);
}
