/** How playout stands towards where it should be at the live edge, seconds. */
export interface PaceInput {
  /** How far it is behind at the best. */
  readonly depth: number;
  /** How far it should be behind. */
  readonly target: number;
  /** Media ahead of playout at present. */
  readonly level: number;
}

const LEAST_BAND = 0.05;
const BEHIND_FOR = 0.5;
const SHORT_FOR = 1;
const FAR_BEHIND = 0.5;
const LEAST_JUMP = 1;
const JUMP_TARGETS = 5;
const MOST_CAUGHT_UP = 2;
const FASTER = 1.05;
const MUCH_FASTER = 1.1;
const SLOWER = 0.95;

/**
 * Decides how fast playout goes at the live edge, and when it jumps there. A media element is not told of tiny corrections: each change of rate costs it something that can be
 * heard. So within 50 ms or a tenth of the target nothing is done; what is more for half a second is caught up with at 5 %, above half a second at
 * 10 %; what is less for a second is made up for at 5 % slower; either until nothing is left. Further behind than a second and five times the
 * target, or 2 s beyond it, it jumps. Holds no clock.
 */
export class PlayoutPace {
  rate = 1;
  #direction = 0;
  #outside = 0;
  #outsideSince = 0;

  reset(): void {
    this.rate = 1;
    this.#direction = 0;
    this.#outside = 0;
  }

  /** Decides anew, and says by how much playout is to jump, seconds; 0: it is not. */
  update({ depth, target, level }: PaceInput, now: number): number {
    const excess = depth - target;
    if (depth > LEAST_JUMP && (depth > target * JUMP_TARGETS || excess > MOST_CAUGHT_UP) && level - excess >= target / 2) {
      this.reset();
      return excess;
    }
    this.#turn(excess, target, now);
    this.rate = this.#rateFor(excess, level, target);
    return 0;
  }

  #turn(excess: number, target: number, now: number): void {
    const band = Math.max(LEAST_BAND, target / 10);
    if (this.#direction * excess <= 0) this.#direction = 0;
    const outside = excess > band ? 1 : excess < -band ? -1 : 0;
    if (outside !== this.#outside) {
      this.#outside = outside;
      this.#outsideSince = now;
    }
    if (outside !== 0 && now - this.#outsideSince >= (outside > 0 ? BEHIND_FOR : SHORT_FOR)) this.#direction = outside;
  }

  #rateFor(excess: number, level: number, target: number): number {
    if (this.#direction < 0) return SLOWER;
    // What is late just now is not to be run out of.
    if (this.#direction === 0 || level < target / 2) return 1;
    return excess > FAR_BEHIND ? MUCH_FASTER : FASTER;
  }
}
