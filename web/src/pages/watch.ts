import { KnSockPlayer, serverAddress } from '../index';

const { socket } = serverAddress('./', location.href);
const player = new KnSockPlayer(document.querySelector('video')!, socket);
player.select(new URLSearchParams(location.search).get('channel') ?? 0);
player.on('error', (reason) => console.error(reason));
void player.element.play();
Object.assign(globalThis, { player });
