import { countOfViewers } from '../pages/words';
import { arrange, make, say } from './dom';
import type { ChannelActivity, RenditionActivity } from './figures';
import { UNKNOWN } from './units';

interface Rung {
  readonly element: HTMLTableRowElement;
  readonly watched: HTMLElement;
  readonly bar: HTMLElement;
  readonly ready: HTMLElement;
  readonly speed: HTMLElement;
  readonly fault: HTMLElement;
}

interface Card {
  readonly element: HTMLElement;
  readonly viewers: HTMLElement;
  readonly body: HTMLElement;
  readonly rungs: Map<string, Rung>;
}

/** The channels, each a card with its rungs. */
export class ChannelView {
  readonly #place: HTMLElement;
  readonly #cards = new Map<string, Card>();

  constructor(place: HTMLElement) {
    this.#place = place;
  }

  show(channels: readonly ChannelActivity[]): void {
    arrange(this.#place, channels.map((channel) => {
      const key = `${channel.index} ${channel.name}`;
      const made = this.#cards.get(key) ?? card(channel);
      this.#cards.set(key, made);
      say(made.viewers, countOfViewers(channel.viewers));
      arrange(made.body, channel.renditions.map((rendition) => rungOf(made, rendition)));
      return made.element;
    }));
    for (const [key, { element }] of this.#cards) if (!element.isConnected) this.#cards.delete(key);
  }
}

function card(channel: ChannelActivity): Card {
  const element = make('li', 'channel');
  const viewers = make('p', 'viewers-now');
  const body = make('tbody');
  const head = make('tr');
  for (const title of ['Rung', 'Watched', 'Ready', 'Encoding']) {
    const cell = make('th', '', title);
    cell.scope = 'col';
    head.append(cell);
  }
  const heads = make('thead');
  heads.append(head);
  const table = make('table', 'rungs');
  table.setAttribute('aria-label', `Rungs of ${channel.name}`);
  table.append(heads, body);
  element.append(make('h3', '', channel.name), viewers, table);
  return { element, viewers, body, rungs: new Map() };
}

function rungOf(place: Card, rendition: RenditionActivity): HTMLElement {
  const rung = place.rungs.get(rendition.name) ?? newRung(rendition.name);
  place.rungs.set(rendition.name, rung);
  say(rung.watched, rendition.watched ? 'yes' : 'no');
  rung.watched.classList.toggle('faint', !rendition.watched);
  rung.bar.style.width = `${Math.min(1, Math.max(0, rendition.ready)) * 100}%`;
  // Not all is ready before all is.
  say(rung.ready, `${Math.floor(rendition.ready * 100)} %`);
  say(rung.speed, rendition.encoderSpeed === null ? UNKNOWN : `${rendition.encoderSpeed.toFixed(2)}×`);
  say(rung.fault, rendition.fault === null ? '' : `Fault: ${rendition.fault}`);
  return rung.element;
}

function newRung(name: string): Rung {
  const element = make('tr');
  const head = make('th', '', name);
  head.scope = 'row';
  const [watched, ready, speed, bar, track, text, fault, encoding] = [
    make('td'), make('td'), make('span'), make('span', 'bar'), make('span', 'track'), make('span', 'bar-text'), make('span', 'fault'), make('td'),
  ];
  track.append(bar);
  ready.append(track, text);
  encoding.append(speed, fault);
  element.append(head, watched, ready, encoding);
  return { element, watched, bar, ready: text, speed, fault };
}
