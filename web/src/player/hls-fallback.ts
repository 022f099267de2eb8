import { fetchChannels } from '../session/channel-list';

const HLS = 'application/vnd.apple.mpegurl';

/** Where a channel's HLS is; null where the server has none. */
export async function findHls(base: string, channel: string | number): Promise<string | null> {
  try {
    const channels = await fetchChannels(base);
    const address = channels.find((one) => one.name === channel || one.index === channel)?.hls;
    return address && (await fetch(address)).ok ? address : null;
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
