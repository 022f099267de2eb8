import type { Channel } from '../protocol/messages';

export function countOfViewers(viewers: number): string {
  return viewers === 1 ? '1 viewer' : `${viewers} viewers`;
}

/** What a channel is like, in a line. */
export function factsOf(channel: Channel): string {
  const minutes = Math.floor(channel.durationSeconds / 60);
  const seconds = String(Math.round(channel.durationSeconds % 60)).padStart(2, '0');
  const rate = Math.round(channel.frameRate * 100) / 100;
  return `${channel.width}×${channel.height}, ${rate} frames/s, loop of ${minutes}:${seconds}${channel.hasAudio ? '' : ', no sound'}`;
}
