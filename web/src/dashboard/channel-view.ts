import { countOfViewers } from '../pages/words';
import type { ChannelEditor } from './channel-editor';
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
  readonly name: HTMLElement;
  readonly table: HTMLElement;
  readonly rename: HTMLButtonElement;
  readonly remove: HTMLButtonElement;
  readonly viewers: HTMLElement;
  readonly body: HTMLElement;
  readonly rungs: Map<string, Rung>;
}

/** The channels, each a card with its rungs. */
export class ChannelView {
  readonly #place: HTMLElement;
  readonly #editor: Pick<ChannelEditor, 'rename' | 'remove'>;
  readonly #cards = new Map<number, Card>();
  #channels: readonly ChannelActivity[] = [];

  constructor(place: HTMLElement, editor: Pick<ChannelEditor, 'rename' | 'remove'>) {
    this.#place = place;
    this.#editor = editor;
  }

  /** `isChangeable`: whether each has its buttons. */
  show(channels: readonly ChannelActivity[], isChangeable: boolean): void {
    this.#channels = channels;
    arrange(this.#place, channels.map((channel) => {
      const made = this.#cards.get(channel.index) ?? this.#card(channel.index);
      this.#cards.set(channel.index, made);
      say(made.name, channel.name);
      made.table.setAttribute('aria-label', `Rungs of ${channel.name}`);
      made.rename.setAttribute('aria-label', `Rename ${channel.name}`);
      made.remove.setAttribute('aria-label', `Remove ${channel.name}`);
      made.rename.hidden = made.remove.hidden = !isChangeable;
      say(made.viewers, [channel.title === channel.name ? [] : channel.title, countOfViewers(channel.viewers)].flat().join(' · '));
      arrange(made.body, channel.renditions.map((rendition) => rungOf(made, rendition)));
      return made.element;
    }));
    for (const [index, { element }] of this.#cards) if (!element.isConnected) this.#cards.delete(index);
  }

  #card(index: number): Card {
    const made = card();
    const find = () => this.#channels.find((channel) => channel.index === index);
    made.rename.addEventListener('click', () => { const channel = find(); if (channel) this.#editor.rename(channel); });
    made.remove.addEventListener('click', () => { const channel = find(); if (channel) this.#editor.remove(channel); });
    return made;
  }
}

function card(): Card {
  const element = make('li', 'channel');
  const [top, name, viewers, body, head] = [make('div', 'channel-head'), make('h3'), make('p', 'viewers-now'), make('tbody'), make('tr')];
  const [rename, remove] = [make('button', 'small', 'Rename…'), make('button', 'small', 'Remove…')];
  rename.type = remove.type = 'button';
  for (const title of ['Rung', 'Watched', 'Ready', 'Encoding']) {
    const cell = make('th', '', title);
    cell.scope = 'col';
    head.append(cell);
  }
  const heads = make('thead');
  heads.append(head);
  const table = make('table', 'rungs');
  table.append(heads, body);
  top.append(viewers, rename, remove);
  element.append(name, top, table);
  return { element, name, table, rename, remove, viewers, body, rungs: new Map() };
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
