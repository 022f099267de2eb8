import type { PlayoutOptions } from '../playout/playout-controller';
import type { Channel, From, RenditionMessage } from '../protocol/messages';

/** How a player plays. Seconds. */
export interface PlayerOptions extends PlayoutOptions {
  /**
   * How far ahead of playout the server may send a channel whose future is known. More rides out longer gaps and costs memory; 0: at the
   * live edge, where the target delay is the latency and all that rides out gaps.
   */
  readonly maxBuffer: number;
  /** The viewer token, where the server asks for one; a page of the server itself may have it in a cookie instead. */
  readonly token?: string | null;
}

export const defaults: PlayerOptions = { targetDelay: 0.2, maxTargetDelay: 1.5, maxBuffer: 8 };

/** Where a selection begins. */
export interface SelectOptions {
  readonly from?: From;
  /** With `position`: where on the viewer's own timeline, seconds. */
  readonly positionSeconds?: number;
}

/** What a player tells. */
export interface PlayerEvents {
  /** The list of channels is there, or has changed. */
  catalog: readonly Channel[];
  /** A channel was selected. */
  channel: Channel;
  /** Another rung is sent from a position on. */
  rendition: RenditionMessage;
  /** The session is lost; another is tried for. Why, for people. */
  lost: string;
  /** The server wants a viewer token, or another one; nothing more is tried. Why, for people. */
  refused: string;
  /** Something is wrong that does not mend itself. Why, for people. */
  error: string;
  /** This browser does not play what it is given. Why, for people. */
  unplayable: string;
  /** Nothing more will come of this channel. */
  ended: string;
  /** Ten times a second. */
  tick: undefined;
}
