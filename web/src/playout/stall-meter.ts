/** Counts stalls and their time, seconds. Holds no clock. */
export class StallMeter {
  count = 0;
  #seconds = 0;
  #since: number | null = null;

  reset(): void {
    this.count = 0;
    this.#seconds = 0;
    this.#since = null;
  }

  begin(now: number): void {
    this.count++;
    this.#since = now;
  }

  /** While the user has paused, nobody waits. */
  pause(now: number): void {
    this.#seconds = this.secondsAt(now);
    this.#since = null;
  }

  /** The user waits again. */
  resume(now: number): void {
    this.#since = now;
  }

  end(now: number): void {
    this.pause(now);
  }

  secondsAt(now: number): number {
    return this.#seconds + (this.#since === null ? 0 : now - this.#since);
  }
}
