import { Properties } from '../protocol/properties';

/** A rung among those that a decision was taken between. Null: that was not weighed. */
export interface Candidate {
  readonly name: string;
  readonly bitsPerSecond: number | null;
  /** What it is worth; most is taken. */
  readonly value: number | null;
  readonly stallSeconds: number | null;
  /** What it costs to send the GOP that was begun in it; least is taken. */
  readonly cost: number | null;
  readonly lateSeconds: number | null;
  readonly notWeighed: string | null;
}

/** A decision about a session. */
export interface Decision {
  /** The server's clock. */
  readonly atSeconds: number;
  /** Nothing was decided: it is how things stand. */
  readonly isPresent: boolean;
  readonly from: string;
  readonly to: string;
  /** The rung chosen, among the candidates. */
  readonly rung: number;
  readonly reason: string;
  readonly candidates: readonly Candidate[];
}

/** Newest first; how things stand now comes before all. */
export function readDecisions(value: unknown): Decision[] {
  return Properties.of(value).list('decisions').map(readDecision).sort((a, b) => Number(b.isPresent) - Number(a.isPresent) || b.atSeconds - a.atSeconds);
}

function readDecision(value: unknown): Decision {
  const all = Properties.of(value);
  const taken = Properties.of(all.object('decision'));
  const candidates = all.list('candidates').map(readCandidate);
  const name = (rung: number) => candidates[rung]?.name ?? String(rung);
  return {
    atSeconds: all.number('atSeconds'),
    isPresent: all.optional('present', () => all.flag('present')).present ?? false,
    from: name(taken.index('previous')),
    to: name(taken.index('rung')),
    rung: taken.index('rung'),
    reason: taken.text('reason'),
    candidates,
  };
}

function readCandidate(value: unknown): Candidate {
  const all = Properties.of(value);
  const raw = value as Readonly<Record<string, unknown>>;
  return {
    name: all.text('name'),
    bitsPerSecond: numberOf(raw.bitsPerSecond),
    value: numberOf(raw.value),
    stallSeconds: numberOf(raw.stallSeconds),
    cost: numberOf(raw.cost),
    lateSeconds: numberOf(raw.lateSeconds),
    notWeighed: all.optional('notWeighed', () => all.text('notWeighed')).notWeighed ?? null,
  };
}

/** Numbers that JSON does not have come as words. */
function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return value === 'Infinity' ? Infinity : value === '-Infinity' ? -Infinity : null;
}
