import type { PlayoutInput } from './playout-input';

const RECENT_SECONDS = 2;

/**
 * How far playout is behind at the best, seconds. With read-ahead that is the latency; without, what lay ready when the fastest unit of
 * the last two seconds came. Holds no clock.
 */
export class LiveDepth {
  #peaks: { readonly at: number; readonly level: number }[] = [];

  reset(): void {
    this.#peaks = [];
  }

  /** `level`: what lies ready now. Null: it is not known. */
  update({ now, position, liveEdge }: PlayoutInput, level: number, hasReadAhead: boolean): number | null {
    if (hasReadAhead) return liveEdge === null ? null : Math.max(0, liveEdge - position);
    this.#peaks = this.#peaks.filter((peak) => now - peak.at < RECENT_SECONDS && peak.level > level);
    this.#peaks.push({ at: now, level });
    return this.#peaks[0]!.level;
  }
}
