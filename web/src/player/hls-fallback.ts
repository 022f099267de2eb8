import { fetchChannels, type ListedChannel } from '../session/channel-list';

const HLS = 'application/vnd.apple.mpegurl';

/** A channel whose HLS the server has, and where; null if it has none. */
export async function findHls(base: string, wanted: string | number | null): Promise<{ channel: ListedChannel; address: string } | null> {
  try {
    const channels = await fetchChannels(base);
    const channel = wanted === null ? channels[0] : channels.find((one) => one.name === wanted || one.index === wanted);
    return channel?.hls && (await fetch(channel.hls)).ok ? { channel, address: channel.hls } : null;
  } catch {
    return null;
  }
}

/**
 * Plays HLS, in the browser itself where it can and Media Source cannot, otherwise by hls.js, which is loaded then. What comes back ends
 * it.
 */
export async function playHls(element: HTMLVideoElement, address: string): Promise<() => void> {
  const { default: Hls } = await import('hls.js');
  if (Hls.isSupported()) {
    const hls = new Hls({ lowLatencyMode: true, enableWorker: false });
    hls.loadSource(address);
    hls.attachMedia(element);
    return () => hls.destroy();
  }
  if (element.canPlayType(HLS) === '') throw new Error('this browser plays neither Media Source nor HLS');
  element.src = address;
  return () => element.removeAttribute('src');
}
