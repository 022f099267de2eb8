import { readChannel } from '../protocol/message-reader';
import type { Channel } from '../protocol/messages';
import { Properties } from '../protocol/properties';

/** A channel as the HTTP API has it. Addresses are whole. */
export interface ListedChannel extends Channel {
  /** Viewers now. */
  readonly viewers: number;
  readonly poster: string | null;
  /** The multivariant playlist. */
  readonly hls: string | null;
}

/** The server wants a viewer token, or another one. */
export class TokenWanted extends Error {
  override readonly name = 'TokenWanted';
}

/** Asks a server for its channels. `base`: what its addresses are relative to. `token`: the viewer token, unless the page's cookie has it. */
export async function fetchChannels(base: string, token: string | null = null): Promise<ListedChannel[]> {
  const response = await fetch(new URL('api/channels', base), { headers: { accept: 'application/json', ...bearer(token) } });
  if (response.status === 401) throw new TokenWanted('the server asks for a viewer token');
  if (!response.ok) throw new Error(`the server answered with ${response.status}`);
  return Properties.of(await response.json()).list('channels').map((value) => readListed(value, base));
}

/** The header that shows a viewer token. */
export function bearer(token: string | null): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

export function readListed(value: unknown, base: string): ListedChannel {
  const all = Properties.of(value);
  const { viewers = 0, poster, hls } = {
    ...all.optional('viewers', () => all.index('viewers')),
    ...all.optional('poster', () => all.text('poster')),
    ...all.optional('hls', () => all.text('hls')),
  };
  return { ...readChannel(value), viewers, poster: ofServer(poster, base), hls: ofServer(hls, base) };
}

/** An address that leads elsewhere is not followed: no page of ours asks another host for anything. */
function ofServer(address: string | undefined, base: string): string | null {
  if (address === undefined) return null;
  const url = new URL(address, base);
  return url.origin === new URL(base).origin ? url.href : null;
}
