import { fetchChannels } from '../session/channel-list';

const HLS = 'application/vnd.apple.mpegurl';

/** Plays a channel by HLS, in the browser itself where it can, otherwise by hls.js, which is loaded then. What comes back ends it. */
export async function playHls(element: HTMLVideoElement, base: string, channel: string | number): Promise<() => void> {
  const channels = await fetchChannels(base);
  const address = channels.find((one) => one.name === channel || one.index === channel)?.hls;
  if (!address) throw new Error('this browser does not play it, and the server has no HLS of it');
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
