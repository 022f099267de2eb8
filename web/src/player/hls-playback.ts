import { Events, type default as Hls } from 'hls.js';
import type { Channel } from '../protocol/messages';
import type { RungChoice } from './rung-choice';

/** Further behind than it means to be than this is behind, seconds. */
const BEHIND_SECONDS = 2.5;

/** How hls.js plays a channel: its levels are the channel's renditions, and what it does badly is mended. */
export class HlsPlayback implements RungChoice {
  /** For what this does not offer. */
  readonly engine: Hls;
  readonly channel: Channel;

  constructor(engine: Hls, channel: Channel) {
    this.engine = engine;
    this.channel = channel;
    forgetPartsAtSwitch(engine);
  }

  get chosenRendition(): number | null {
    return this.engine.autoLevelEnabled ? null : this.#renditionOf(this.engine.loadLevel);
  }

  chooseRendition(index: number | null): void {
    // -1 is its word for Auto, and stands for a rung that is withdrawn, too. Its `nextLevel` would load the segment that is being played once more; if somebody chooses again meanwhile it goes on
    // with a later segment first, and leaves a hole. At the live edge little lies ready, and the picture changes with the next keyframe anyway.
    this.engine.loadLevel = index === null ? -1 : this.engine.levels.findIndex((_, level) => this.#renditionOf(level) === index);
  }

  /** Name of the rung that is being played. */
  get rendition(): string | null {
    const index = this.#renditionOf(this.engine.currentLevel);
    return this.channel.renditions.find((one) => one.index === index)?.name ?? null;
  }

  /** Whether the live edge is further away than it need be, as after a pause. */
  get isBehind(): boolean {
    return this.engine.latency > (this.engine.targetLatency ?? Number.POSITIVE_INFINITY) + BEHIND_SECONDS;
  }

  goLive(): void {
    const { media, liveSyncPosition } = this.engine;
    if (!media) return;
    if (liveSyncPosition !== null) media.currentTime = liveSyncPosition;
    void media.play().catch(() => {});
  }

  /** Calls when any of this may have changed. */
  onChange(listener: () => void): void {
    // Also while it is paused, for then the live edge goes on without it.
    this.engine.on(Events.LEVEL_UPDATED, listener);
    for (const event of [Events.MANIFEST_PARSED, Events.LEVEL_SWITCHING, Events.LEVEL_SWITCHED] as const) this.engine.on(event, listener);
  }

  /** hls.js has levels in an order of its own, and none of a rung that is withdrawn; their playlists are named after the rungs. */
  #renditionOf(level: number): number | null {
    const found = /\/(\d+)\/index\.m3u8(?:\?|$)/.exec(this.engine.levels[level]?.uri ?? '');
    return found ? Number(found[1]) : null;
  }
}

/**
 * hls.js keeps in mind of each part of each level that it has been appended, and not that another level has been laid over it since. Back on
 * that level within a segment (its own choice in the first second, or somebody who tries the menu) it would go on behind those parts, in the
 * middle of a GOP, of which a browser drops all up to the next keyframe: a hole, where the picture stands still. So what a level has of parts
 * is forgotten when it is switched to, and it begins with a part that begins with a keyframe.
 */
export function forgetPartsAtSwitch(engine: Pick<Hls, 'on'>): void {
  engine.on(Events.LEVEL_SWITCHING, (_, { details }) => {
    for (const part of details?.partList ?? []) part.clearElementaryStreamInfo();
  });
}
