import type { Channel, RenditionMessage, ServerMessage, SoundMessage } from '../protocol/messages';
import { Events } from './events';
import { defaults, type PlayerEvents, type PlayerOptions, type SelectOptions } from './player-options';
import { snapshot, type PlayerStatistics } from './statistics';
import { Viewing } from './viewing';

const TICK_MS = 100;
const KEPT_NOTICES = 20;

/**
 * Plays a server's channels in a media element. Playing, pausing and volume are the element's own (`element.play()`, `element.pause()`,
 * `element.volume`); everything else is here.
 */
export class KnSockPlayer extends Events<PlayerEvents> {
  readonly element: HTMLVideoElement;
  readonly #viewing: Viewing;
  readonly #timer: ReturnType<typeof setInterval>;
  #chosen: number | null = null;
  #notices: readonly RenditionMessage[] = [];
  #sound: SoundMessage | null = null;

  /** Connects to the WebSocket at `url` at once, and takes the element over. */
  constructor(element: HTMLVideoElement, url: string, options: Partial<PlayerOptions> = {}) {
    super();
    this.element = element;
    this.#viewing = new Viewing(element, url, { ...defaults, ...options }, {
      onCatalog: (channels) => this.emit('catalog', channels),
      onSelected: (channel) => this.emit('channel', channel),
      onMessage: (message) => this.#onMessage(message),
      onLost: (reason) => this.emit('lost', reason),
      onRefused: (reason) => this.emit('refused', reason),
      onNoChannel: () => this.emit('error', 'there is no such channel'),
      onUnplayable: (reason) => this.emit('unplayable', reason),
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** The server's channels; empty before they are known. */
  get channels(): readonly Channel[] {
    return this.#viewing.channels;
  }

  /** What is selected. */
  get channel(): Channel | null {
    return this.#viewing.selection?.channel ?? null;
  }

  /** Index of the rung that the user chose; null: the server chooses. */
  get chosenRendition(): number | null {
    return this.#chosen;
  }

  /** Whether playout keeps to the live edge. */
  get isLive(): boolean {
    return this.#viewing.playback.figures.isFollowing;
  }

  /** How things stand; computed at each call. */
  get statistics(): PlayerStatistics {
    return snapshot(this.element, this.#viewing, this.#notices, this.#sound);
  }

  /** Selects a channel by its name or index, or the first one (null), as soon as the channels are known. */
  select(channel: string | number | null, options: SelectOptions = {}): void {
    const before = this.#viewing.wish?.channel;
    // Another channel has other rungs.
    if (this.#chosen !== null && before !== channel) this.#choose(null);
    this.#viewing.wish = { channel, options };
    this.#viewing.ask(false);
  }

  /** Goes to a position on a timeline of the viewer's own, seconds. */
  seek(positionSeconds: number): void {
    const { wish } = this.#viewing;
    if (wish) this.select(wish.channel, { from: 'position', positionSeconds: Math.max(0, positionSeconds) });
  }

  /** Goes back to the live edge, which may lie ready. */
  goLive(): void {
    const { liveEdge, playback, wish } = this.#viewing;
    playback.follow();
    if (wish && !(liveEdge !== null && playback.end > liveEdge)) this.select(wish.channel, { from: 'live' });
  }

  /** Has the server send one rung only, by its index, or choose again (null). What lies ready in another is played over. */
  chooseRendition(index: number | null): void {
    this.#choose(index);
    this.#viewing.sayLimits();
    if (this.#viewing.selection) this.#viewing.ask(true);
  }

  /** Has what lies ahead sent again as the server chooses now, and played over what lies ready. */
  refresh(): void {
    this.#viewing.sayLimits();
    if (this.#viewing.selection && this.isLive) this.#viewing.ask(true);
  }

  /** Tells the server how many lines of the display the picture takes, so that it sends nothing finer; 0: it is not seen. */
  setWindowHeight(lines: number): void {
    this.#viewing.limit({ windowHeight: Math.round(lines) });
  }

  /** Ends the session and gives the element back. */
  close(): void {
    clearInterval(this.#timer);
    this.#viewing.close();
  }

  #choose(index: number | null): void {
    const rendition = this.channel?.renditions.find((one) => one.index === index);
    this.#chosen = rendition?.index ?? null;
    this.#viewing.limit({ rendition: rendition?.index });
  }

  #onMessage(message: ServerMessage): void {
    if (message.type === 'rendition') {
      this.#notices = [...this.#notices, message].slice(-KEPT_NOTICES);
      this.emit('rendition', message);
    } else if (message.type === 'sound') {
      this.#sound = message;
    } else if (message.type === 'selected') {
      this.#sound = null;
    } else if (message.type === 'channelEnded') {
      this.emit('ended', message.reason);
    } else if (message.type === 'error') {
      this.emit('error', message.message);
    }
  }

  #tick(): void {
    this.#viewing.tick();
    this.emit('tick', undefined);
  }
}
