import type { FeedbackMessage } from '../protocol/messages';
import type { PlayoutFigures } from './playout-input';

/** What feedback is made from. */
export interface FeedbackInput {
  readonly selection: number;
  readonly figures: PlayoutFigures;
  /** What lies ready, seconds. */
  readonly levels: { readonly video: number; readonly audio: number };
  readonly receivedBytes: number;
  /** Pictures that the browser has shown since the selection began; null: it shows none because the page is hidden. */
  readonly presented: number | null;
  /** Pictures that the browser was too slow for. */
  readonly late: number;
  /** Units that were lost on the way or could not be used. */
  readonly damaged: number;
  /** Whether nothing is sent ahead of the broadcast. */
  readonly isAtLiveEdge: boolean;
}

const MOST_BUFFER_SECONDS = 3_600;

/** How playout stands, for the server. A browser does not tell how long it decodes, so that stays 0. */
export function feedback(input: FeedbackInput): FeedbackMessage {
  const { figures, levels, late } = input;
  const { position } = figures;
  return {
    type: 'feedback',
    selection: input.selection,
    state: figures.state,
    ...(position !== null && position >= 0 ? { positionSeconds: micro(position) } : {}),
    videoBufferSeconds: micro(Math.min(levels.video, MOST_BUFFER_SECONDS)),
    audioBufferSeconds: micro(Math.min(levels.audio, MOST_BUFFER_SECONDS)),
    targetSeconds: micro(figures.target),
    receivedBytes: input.receivedBytes,
    stalls: figures.stalls,
    stallMs: figures.stallMs,
    late,
    dropped: late + input.damaged,
    decodeP95Ms: 0,
    ...(input.presented === null ? {} : { presented: input.presented }),
    ...(input.isAtLiveEdge && figures.rate > 0 ? { playbackRate: figures.rate } : {}),
  };
}

function micro(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
