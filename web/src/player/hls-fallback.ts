import Hls from 'hls.js';
import { bearer, fetchChannels, type ListedChannel } from '../session/channel-list';
import { HlsPlayback } from './hls-playback';

const HLS = 'application/vnd.apple.mpegurl';

/** A channel whose HLS the server has, and where; null if it has none. `token`: the viewer token, unless the page's cookie has it. */
export async function findHls(base: string, wanted: string | number | null, token: string | null): Promise<{ channel: ListedChannel; address: string } | null> {
  try {
    const channels = await fetchChannels(base, token);
    const channel = wanted === null ? channels[0] : channels.find((one) => one.name === wanted || one.index === wanted);
    return channel?.hls && (await fetch(channel.hls, { headers: bearer(token) })).ok ? { channel, address: channel.hls } : null;
  } catch {
    return null;
  }
}

/** Plays HLS by hls.js or, where that cannot be, in the browser itself: then with what comes back there is no choice of rungs. */
export function playHls(element: HTMLVideoElement, address: string, channel: ListedChannel, token: string | null): { playback: HlsPlayback | null; stop: () => void } {
  if (Hls.isSupported()) {
    const xhrSetup = (request: XMLHttpRequest) => {
      for (const [name, value] of Object.entries(bearer(token))) request.setRequestHeader(name, value);
    };
    const hls = new Hls({ lowLatencyMode: true, enableWorker: false, xhrSetup });
    const playback = new HlsPlayback(hls, channel);
    hls.loadSource(address);
    hls.attachMedia(element);
    return { playback, stop: () => hls.destroy() };
  }
  if (element.canPlayType(HLS) === '') throw new Error('this browser plays neither Media Source nor HLS');
  element.src = address;
  return { playback: null, stop: () => element.removeAttribute('src') };
}
