import type { ServerFigures } from './figures';

/** Longer between two looks than this, and the mean says nothing of now: the page was hidden. */
const LONGEST_SECONDS = 15;

/** Nearer than this, and it says nothing either: media is sent in bursts. */
const SHORTEST_SECONDS = 1;

interface Reading { readonly at: number; readonly total: number }

/** What a total grew by, a second. Null: it is the first reading, the counter began anew, or the reading before is too old. */
export function rateOf(before: Reading | null, now: Reading): number | null {
  const passed = before ? now.at - before.at : 0;
  if (!before || passed <= 0 || passed > LONGEST_SECONDS || now.total < before.total) return null;
  return (now.total - before.total) / passed;
}

/** What the server does at a moment of its own clock. */
export interface ServerMoment {
  readonly at: number;
  readonly sessions: number;
  readonly egressBitsPerSecond: number | null;
  /** Of all cores, 0 to 1. */
  readonly cpuShare: number | null;
}

const KEPT_SECONDS = 600;

/** The last ten minutes of the server. Goes by the server's clock and begins anew when that does. */
export class ServerHistory {
  #moments: ServerMoment[] = [];
  #last: ServerFigures | null = null;

  get moments(): readonly ServerMoment[] {
    return this.#moments;
  }

  /** Takes down how it stands, and returns the newest moment: one that is nearer than a second to the last is left out. */
  note(figures: ServerFigures): ServerMoment {
    if (this.#last && figures.uptimeSeconds < this.#last.uptimeSeconds) {
      this.#last = null;
      this.#moments = [];
    }
    const newest = this.#moments.at(-1);
    if (newest && figures.uptimeSeconds - newest.at < SHORTEST_SECONDS) return newest;
    const rate = (total: (of: ServerFigures) => number) =>
      rateOf(this.#last && { at: this.#last.uptimeSeconds, total: total(this.#last) }, { at: figures.uptimeSeconds, total: total(figures) });
    const sent = rate((of) => of.sentBytes);
    const worked = rate((of) => of.cpuSeconds);
    const moment: ServerMoment = {
      at: figures.uptimeSeconds,
      sessions: figures.sessions,
      egressBitsPerSecond: sent === null ? null : sent * 8,
      cpuShare: worked === null ? null : worked / Math.max(1, figures.cores),
    };
    this.#last = figures;
    this.#moments = [...this.#moments.filter((each) => moment.at - each.at <= KEPT_SECONDS), moment];
    return moment;
  }
}
