import type { LimitsMessage } from '../protocol/messages';

const BETWEEN_SECONDS = 0.25;

/** What the server is to know of how much of a picture is of use, and what it was told last. Holds no clock. */
export class WantedLimits {
  #wanted: Omit<LimitsMessage, 'type'> = {};
  #said = '{}';
  #saidAt = -Infinity;

  /** Changes what is given; undefined takes a limit away. */
  set(changes: { readonly [key in keyof Omit<LimitsMessage, 'type'>]: LimitsMessage[key] | undefined }): void {
    const all = { ...this.#wanted, ...changes };
    this.#wanted = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  }

  /** A new session knows of no limits. */
  forget(): void {
    this.#said = '{}';
    this.#saidAt = -Infinity;
  }

  /** What is to be said now; null: nothing. A window that is dragged has another size with each picture, so not everything is. */
  take(now: number): LimitsMessage | null {
    const wanted = JSON.stringify(this.#wanted);
    if (wanted === this.#said || now - this.#saidAt < BETWEEN_SECONDS) return null;
    this.#said = wanted;
    this.#saidAt = now;
    return { type: 'limits', ...this.#wanted };
  }
}
