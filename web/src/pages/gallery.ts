import { fetchChannels, TokenWanted, type ListedChannel } from '../session/channel-list';
import { TokenForm } from './token-form';
import { countOfViewers, factsOf } from './words';

const REFRESH_MS = 5_000;

const list = document.querySelector<HTMLUListElement>('#channels')!;
const status = document.querySelector<HTMLElement>('#status')!;
const form = new TokenForm(() => void refresh());
let shown = '';

/** Titles are text of whoever made the files, so they go in as text only. */
function card(channel: ListedChannel): HTMLLIElement {
  const link = make('a', 'card');
  link.href = `watch?channel=${encodeURIComponent(channel.name)}`;
  const poster = make('div', 'poster');
  if (channel.poster) {
    const image = make('img', '');
    image.alt = '';
    image.loading = 'lazy';
    image.src = channel.poster;
    image.addEventListener('error', () => image.remove());
    poster.append(image);
  }
  poster.append(make('span', 'badge', 'Live'));
  const text = make('div', 'text');
  text.append(make('h2', '', channel.title), make('p', 'viewers', countOfViewers(channel.viewers)), make('p', '', factsOf(channel)));
  link.append(poster, text);
  const item = make('li', '');
  item.append(link);
  return item;
}

function make<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string, text = ''): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** Cards are made anew only when the channels are others: whoever is on one with the keyboard stays there. */
function show(channels: readonly ListedChannel[]): void {
  const key = JSON.stringify(channels.map((channel) => ({ ...channel, viewers: 0 })));
  if (key !== shown) {
    shown = key;
    list.replaceChildren(...channels.map(card));
  } else {
    list.querySelectorAll('.viewers').forEach((element, index) => { element.textContent = countOfViewers(channels[index]!.viewers); });
  }
  status.textContent = channels.length === 0 ? 'There are no channels yet.' : '';
}

async function refresh(): Promise<void> {
  if (document.hidden || form.isShown) return;
  try {
    show(await fetchChannels(new URL('./', location.href).href));
  } catch (error) {
    const wantsToken = error instanceof TokenWanted;
    status.textContent = wantsToken ? '' : 'The server does not answer; it is asked again.';
    if (wantsToken) {
      show([]);
      status.textContent = '';
      form.show();
    }
  }
}

void refresh();
setInterval(() => void refresh(), REFRESH_MS);
document.addEventListener('visibilitychange', () => void refresh());
