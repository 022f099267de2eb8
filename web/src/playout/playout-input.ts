import type { PlayoutState } from '../protocol/messages';

/** What lies ready without a gap from a position on, and where it goes on behind the gap. Seconds on the viewer's timeline. */
export interface Readiness {
  /** The position itself if nothing lies there. */
  readonly end: number;
  /** Where the next stretch begins; null if there is none. */
  readonly goesOnAt: number | null;
}

/** How things stand. Times are seconds. */
export interface PlayoutInput {
  /** A clock that never goes back. */
  readonly now: number;
  /** Where the media element is. */
  readonly position: number;
  /** The media element is on its way to a position. */
  readonly isSeeking: boolean;
  /** The user has stopped it. */
  readonly isPaused: boolean;
  /** Where the broadcast is now; null if that is not known, or on a timeline of the viewer's own. */
  readonly liveEdge: number | null;
  /** Nothing more will come. */
  readonly hasEnded: boolean;
  /** What lies ready from a position on. */
  readonly video: (position: number) => Readiness;
  readonly audio: (position: number) => Readiness;
}

/** What is to be done. */
export interface PlayoutActions {
  /** How fast the element is to play; 0: it is held. */
  readonly rate: number;
  /** Where the element is to go, seconds; null: nowhere. */
  readonly seekTo: number | null;
  /**
   * `select`: what is wanted will not come by itself, so ask for it again. `connect`: the machine has slept, and the session is over.
   */
  readonly ask: 'select' | 'connect' | null;
}

/** How playout stands, for feedback and statistics. */
export interface PlayoutFigures {
  readonly state: PlayoutState;
  /** Seconds; null before it is known where playout starts. */
  readonly position: number | null;
  /** What playout wants to lie ready, seconds. */
  readonly target: number;
  readonly rate: number;
  readonly stalls: number;
  readonly stallMs: number;
  /** Times that playout was taken ahead. */
  readonly jumps: number;
  /** Whether playout keeps to the live edge. */
  readonly isFollowing: boolean;
}
