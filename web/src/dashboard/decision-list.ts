import type { Candidate, Decision } from './decisions';
import { arrange, make, say } from './dom';
import { bits, duration, score, seconds, UNKNOWN } from './units';

interface Entry {
  readonly element: HTMLElement;
  readonly when: HTMLElement;
  readonly what: HTMLElement;
  readonly reason: HTMLElement;
  readonly table: HTMLElement;
  /** Of what it shows, so that only what changed is made anew. */
  shown: string;
}

/** Why a viewer gets what it gets, newest first. Entries stay what they are, so that one that is opened stays open. */
export class DecisionList {
  readonly #list: HTMLElement;
  readonly #entries = new Map<string, Entry>();

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  /** `now`: the server's clock. */
  show(decisions: readonly Decision[], now: number): void {
    arrange(this.#list, decisions.map((decision) => {
      const key = decision.isPresent ? 'present' : `${decision.atSeconds} ${decision.from} ${decision.to}`;
      const entry = this.#entries.get(key) ?? newEntry(decision.isPresent);
      this.#entries.set(key, entry);
      fill(entry, decision, now);
      return entry.element;
    }));
  }
}

function newEntry(isOpen: boolean): Entry {
  const [element, what, when, reason] = [make('li'), make('strong'), make('span', 'faint'), make('p')];
  const [details, table] = [make('details'), make('table', 'candidates')];
  const line = make('p', 'line');
  line.append(what, when);
  const box = make('div', 'sideways');
  box.tabIndex = 0;
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', 'What each rung was worth');
  box.append(table);
  details.open = isOpen;
  details.append(make('summary', '', 'What each rung was worth'), box);
  element.append(line, reason, details);
  return { element, when, what, reason, table, shown: '' };
}

function fill(entry: Entry, decision: Decision, now: number): void {
  say(entry.what, titleOf(decision));
  say(entry.when, decision.isPresent ? 'now' : `${duration(now - decision.atSeconds)} ago`);
  say(entry.reason, decision.reason);
  const shown = JSON.stringify([decision.rung, decision.candidates.map(texts)]);
  if (shown === entry.shown) return;
  entry.shown = shown;
  entry.table.replaceChildren(head(decision), body(decision));
}

function titleOf({ isPresent, from, to }: Decision): string {
  return !isPresent ? `${from} → ${to}` : from === to ? `Stays at ${to}` : `Would go to ${to}`;
}

/** Either the rung of the next GOP was weighed, or whether to go on with one that was begun. */
function isOfCosts(decision: Decision): boolean {
  return decision.candidates.some((candidate) => candidate.cost !== null);
}

function head(decision: Decision): HTMLElement {
  const row = make('tr');
  const scores = isOfCosts(decision) ? ['Cost', 'Late'] : ['Worth', 'Stall'];
  for (const title of ['Rung', 'Rate', ...scores, 'Not weighed because']) {
    const cell = make('th', '', title);
    cell.scope = 'col';
    row.append(cell);
  }
  const section = make('thead');
  section.append(row);
  return section;
}

function body(decision: Decision): HTMLElement {
  const section = make('tbody');
  decision.candidates.forEach((candidate, index) => {
    const isChosen = index === decision.rung;
    const row = make('tr', isChosen ? 'chosen' : '');
    const [name, ...others] = texts(candidate);
    const first = make('th', '', isChosen ? `${name} ✓` : name);
    first.scope = 'row';
    if (isChosen) first.append(make('span', 'unseen', ' chosen'));
    row.append(first, ...others.map((text) => make('td', '', text)));
    section.append(row);
  });
  return section;
}

function texts({ name, bitsPerSecond, value, stallSeconds, cost, lateSeconds, notWeighed }: Candidate): string[] {
  return [name, bits(bitsPerSecond), score(cost ?? value), seconds(lateSeconds ?? stallSeconds), notWeighed ?? UNKNOWN];
}
