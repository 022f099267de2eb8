import type { RenditionMessage, SoundMessage } from '../protocol/messages';
import type { Viewing } from './viewing';

/** How a player stands. Seconds, unless a name says otherwise; null where it is not known. */
export interface PlayerStatistics {
  readonly channel: string | null;
  /** Name of the rung that is being played. */
  readonly rendition: string | null;
  /** Pixels of the picture that is shown. */
  readonly width: number;
  readonly height: number;
  /** Frames a second that the channel has. */
  readonly frameRate: number | null;
  readonly state: string;
  readonly position: number;
  readonly videoBuffer: number;
  readonly audioBuffer: number;
  readonly target: number;
  readonly playbackRate: number;
  /** Behind the live edge; null on a timeline of the viewer's own. */
  readonly latency: number | null;
  readonly roundTripMs: number | null;
  /** What the server takes the link to carry, bits a second; where all that it sends gets through at once, that is what the link carries at least. */
  readonly linkBitsPerSecond: number | null;
  /** Milliseconds that pictures are shown ahead of the sound, negative: behind it. */
  readonly skewMs: number | null;
  readonly receivedBytes: number;
  /** Since the selection began. */
  readonly presented: number;
  readonly dropped: number;
  readonly stalls: number;
  readonly stallMs: number;
  readonly jumps: number;
  /** The last changes of rung, newest last; reasons are untrusted text. */
  readonly notices: readonly RenditionMessage[];
  /** At what rate the sound is sent of late, and why; null: at its usual one. */
  readonly sound: SoundMessage | null;
}

export function snapshot(
  element: HTMLVideoElement, viewing: Viewing, notices: readonly RenditionMessage[], sound: SoundMessage | null,
): PlayerStatistics {
  const { playback, pictures, session, liveEdge } = viewing;
  const { figures, levels } = playback;
  const channel = viewing.selection?.channel ?? null;
  const position = element.currentTime;
  const roundTrip = session?.clock.roundTrip ?? null;
  return {
    channel: channel?.name ?? null,
    rendition: renditionAt(notices, position)?.name ?? null,
    width: element.videoWidth,
    height: element.videoHeight,
    frameRate: channel?.frameRate ?? null,
    state: figures.state,
    position,
    videoBuffer: levels.video,
    audioBuffer: levels.audio,
    target: figures.target,
    playbackRate: figures.rate,
    latency: liveEdge === null ? null : liveEdge - position,
    roundTripMs: roundTrip === null ? null : roundTrip / 1_000,
    linkBitsPerSecond: session?.linkBitsPerSecond ?? null,
    skewMs: viewing.skew.ms,
    receivedBytes: session?.receivedBytes ?? 0,
    presented: pictures.presented,
    dropped: pictures.dropped,
    stalls: figures.stalls,
    stallMs: figures.stallMs,
    jumps: figures.jumps,
    notices,
    sound,
  };
}

/** The notice of the rung that is played at a position: what was sent last lies seconds ahead of it. */
export function renditionAt(notices: readonly RenditionMessage[], position: number): RenditionMessage | undefined {
  const last = notices.at(-1);
  const ofSelection = notices.filter((notice) => notice.selection === last?.selection);
  return ofSelection.filter((notice) => notice.atSeconds <= position + 0.01).at(-1) ?? ofSelection[0];
}
