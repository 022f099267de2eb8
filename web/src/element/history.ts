import type { PlayerStatistics } from '../player/statistics';

const KEPT_SECONDS = 60;
const BETWEEN_SECONDS = 0.5;

/** One moment. Seconds and bits a second. */
export interface Moment {
  readonly at: number;
  readonly buffer: number;
  readonly target: number;
  /** What has come since the moment before. */
  readonly bitsPerSecond: number;
  /** What the server takes the link to carry; null: it does not say. */
  readonly estimate: number | null;
  /** Pictures shown since the moment before, a second. */
  readonly framesPerSecond: number;
}

interface Totals { readonly at: number; readonly bytes: number; readonly presented: number }

/** The last minute, a moment each half second. Holds no clock. */
export class History {
  #moments: Moment[] = [];
  #last: Totals | null = null;

  get moments(): readonly Moment[] {
    return this.#moments;
  }

  /** The mean of the last two seconds of something. */
  recent(of: (moment: Moment) => number): number {
    const last = this.#moments.slice(-4);
    return last.length === 0 ? 0 : last.reduce((sum, moment) => sum + of(moment), 0) / last.length;
  }

  /** Takes down how things stand if it is time to. */
  note(now: number, statistics: PlayerStatistics): void {
    const last = this.#last;
    const passed = last ? now - last.at : 0;
    if (last && passed < BETWEEN_SECONDS) return;
    this.#last = { at: now, bytes: statistics.receivedBytes, presented: statistics.presented };
    if (!last) return;
    // A new session or selection counts from 0 again.
    const since = (present: number, before: number) => Math.max(0, present - (present < before ? 0 : before)) / passed;
    this.#moments.push({
      at: now,
      buffer: Math.min(statistics.videoBuffer, statistics.audioBuffer),
      target: statistics.target,
      bitsPerSecond: since(statistics.receivedBytes, last.bytes) * 8,
      estimate: statistics.linkBitsPerSecond,
      framesPerSecond: since(statistics.presented, last.presented),
    });
    this.#moments = this.#moments.filter((moment) => now - moment.at <= KEPT_SECONDS);
  }
}
