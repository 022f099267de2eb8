import type { Channel } from '../protocol/messages';

/** What a menu of rungs works on. */
export interface RungChoice {
  /** What is played. */
  readonly channel: Channel | null;

  /** Index of the rung that somebody has chosen; null: Auto. */
  readonly chosenRendition: number | null;

  /** Chooses a rung; null: Auto. */
  chooseRendition(index: number | null): void;
}
