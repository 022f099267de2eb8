/** Pings of which the quickest is believed. The way there and back may become longer, and clocks drift apart. */
const KEPT = 30;

/** Knows the server's clock by its pongs. Times are microseconds. Holds no clock of its own. */
export class ServerClock {
  readonly #answers: { readonly roundTrip: number; readonly offset: number }[] = [];

  /** The quickest round trip of late; null before the first pong. */
  get roundTrip(): number | null {
    return this.#best()?.roundTrip ?? null;
  }

  /** A pong came: `time` is the server's clock in it. */
  onPong(sentAt: number, time: number, now: number): void {
    const roundTrip = now - sentAt;
    if (roundTrip < 0) return;
    this.#answers.push({ roundTrip, offset: time + roundTrip / 2 - now });
    if (this.#answers.length > KEPT) this.#answers.shift();
  }

  /** The server's clock now; null before the first pong. */
  at(now: number): number | null {
    const best = this.#best();
    return best ? now + best.offset : null;
  }

  #best() {
    return this.#answers.reduce<{ roundTrip: number; offset: number } | null>(
      (best, answer) => (best && best.roundTrip < answer.roundTrip ? best : answer),
      null,
    );
  }
}
