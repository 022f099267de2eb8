const FIRST_SECONDS = 0.1;
const FACTOR = 1.7;

/** A server that is started again is there within a second or two, and its viewers are not to wait longer than that. */
const SOON_SECONDS = 1;
const SOON_UNTIL_SECONDS = 30;
const MOST_SECONDS = 5;

/** A session that has lasted for so long was a good one. */
const GOOD_SECONDS = 10;

/** When to try again after a session was lost: soon at first, and not all viewers at the same moment. Seconds. Holds no clock. */
export class Backoff {
  readonly #random: () => number;
  #delay = 0;
  #failingSince: number | null = null;
  #openedAt: number | null = null;

  /** `random`: numbers from 0 up to 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  onOpened(now: number): void {
    this.#openedAt = now;
  }

  /** A session was lost, or did not come about; says in how many seconds to try again. */
  onLost(now: number): number {
    if (this.#openedAt !== null && now - this.#openedAt >= GOOD_SECONDS) {
      this.#delay = 0;
      this.#failingSince = null;
    }
    this.#openedAt = null;
    this.#failingSince ??= now;
    const most = now - this.#failingSince < SOON_UNTIL_SECONDS ? SOON_SECONDS : MOST_SECONDS;
    this.#delay = Math.min(most, Math.max(FIRST_SECONDS, this.#delay * FACTOR));
    return this.#delay * (0.75 + this.#random() / 2);
  }
}
