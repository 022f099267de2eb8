import type { Channel, From, SelectMessage } from '../protocol/messages';
import type { SelectOptions } from './player-options';

/** In place of a channel's name or index: the first one that there is. */
export const FIRST = -1;

/** What the user wants to see. */
export interface Wish {
  /** Name or index. */
  readonly channel: string | number;
  readonly options: SelectOptions;
}

/** What the server was asked for. */
export interface Selection {
  readonly number: number;
  readonly channel: Channel;
  /** Which timeline it is on. */
  readonly from: From;
  /** What was asked for, seconds; media begins at the keyframe before it. */
  readonly position: number | undefined;
  /** What lies ready may be played on, if the selection begins where playout is. */
  readonly mayGoOn: boolean;
  /** What the session had received before it. */
  readonly bytesBefore: number;
  hasReadAhead: boolean;
  hasBegun: boolean;
  hasEnded: boolean;
  /** The server was told to send nothing more, since the user has paused. */
  isStopped: boolean;
}

/** A selection that begins as near as this to playout goes on where the one before it is. */
const SAME_PLACE_SECONDS = 3;

export function selectMessage({ number, channel, from, position }: Selection, maxBufferSeconds: number): SelectMessage {
  return {
    type: 'select', selection: number, channel: channel.index, maxBufferSeconds,
    ...(position === undefined ? { from } : { from: 'position', positionSeconds: position }),
  };
}

/** Whether what begins at `start` can take the place of what is being played at `position`, of which there is something up to `end`. */
export function isSamePlace(start: number, position: number | null, end: number): boolean {
  return position !== null && start > position - SAME_PLACE_SECONDS && start <= end;
}
