import { defineKnSockPlayer, type KnSockPlayerElement } from '../element/knsock-player-element';
import type { Channel } from '../protocol/messages';
import { TokenForm } from './token-form';
import { factsOf } from './words';

defineKnSockPlayer();

const element = document.querySelector<KnSockPlayerElement>('#player')!;
const title = document.querySelector<HTMLElement>('#title')!;
const facts = document.querySelector<HTMLElement>('#facts')!;
const warnings = document.querySelector<HTMLElement>('#warnings')!;

function show(channel: Channel): void {
  title.textContent = channel.title;
  document.title = `${channel.title} · KnSock`;
  facts.textContent = factsOf(channel);
  warnings.replaceChildren(
    ...(channel.warnings ?? []).map((warning) => {
      const item = document.createElement('li');
      item.textContent = warning;
      return item;
    }),
  );
}

const wanted = new URLSearchParams(location.search).get('channel');
if (wanted !== null) element.setAttribute('channel', wanted);
const form = new TokenForm(() => element.restart());
element.addEventListener('knsock-refused', () => form.show());
element.addEventListener('knsock-channel', () => {
  if (!element.channel) return;
  show(element.channel);
  // A channel that has got another name is to be found when the page is loaded again.
  if (wanted !== null) history.replaceState(null, '', `?channel=${encodeURIComponent(element.channel.name)}`);
});
