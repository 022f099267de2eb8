import { feedback } from '../playout/feedback';
import type { Channel, From, RenditionMessage, SelectedMessage, ServerMessage } from '../protocol/messages';
import { Connection } from '../session/connection';
import { WantedLimits } from '../session/wanted-limits';
import { Events } from './events';
import { PictureCounts } from './picture-counts';
import { Playback } from './playback';
import { defaults, type PlayerEvents, type PlayerOptions, type SelectOptions } from './player-options';
import { snapshot, type PlayerStatistics } from './statistics';

const TICK_MS = 100;

/** A selection that begins as near as this to playout goes on where the one before it is. */
const SAME_PLACE_SECONDS = 3;

interface Selection {
  readonly number: number;
  readonly channel: Channel;
  readonly from: From;
  /** What was asked for; media begins at the keyframe before it. */
  readonly position: number | undefined;
  /** What lies ready may be played on, if the selection begins where playout is. */
  readonly mayGoOn: boolean;
  readonly bytesBefore: number;
  hasReadAhead: boolean;
  hasBegun: boolean;
  hasEnded: boolean;
  /** The server was told to send nothing more, since the user has paused. */
  isStopped: boolean;
}

/**
 * Plays a server's channels in a media element. Playing, pausing and volume are the element's own (`element.play()`, `element.pause()`,
 * `element.volume`); everything else is here.
 */
export class KnSockPlayer extends Events<PlayerEvents> {
  readonly element: HTMLVideoElement;
  readonly #options: PlayerOptions;
  readonly #playback: Playback;
  readonly #connection: Connection;
  readonly #limits = new WantedLimits();
  readonly #pictures: PictureCounts;
  readonly #timer: ReturnType<typeof setInterval>;
  #channels: readonly Channel[] = [];
  #wish: { readonly channel: string | number; readonly options: SelectOptions } | null = null;
  #selection: Selection | null = null;
  #selections = 0;
  #chosen: number | null = null;
  #notices: RenditionMessage[] = [];

  /** Connects to the WebSocket at `url` at once, and takes the element over. */
  constructor(element: HTMLVideoElement, url: string, options: Partial<PlayerOptions> = {}) {
    super();
    this.element = element;
    this.#options = { ...defaults, ...options };
    this.#pictures = new PictureCounts(element);
    this.#playback = new Playback(element, this.#options);
    this.#playback.onReady = this.#look;
    this.#playback.onFailed = (reason, isFinal) => this.#onFailed(reason, isFinal);
    this.#connection = new Connection(url, {
      onCatalog: (channels, isNew) => this.#onCatalog(channels, isNew),
      onMessage: (message) => this.#onMessage(message),
      onTrack: (track, event) => {
        if (this.#selection) this.#selection.hasBegun = true;
        this.#playback.onTrack(track, event);
      },
      onLost: (reason) => this.emit('lost', reason),
    });
    this.#timer = setInterval(this.#tick, TICK_MS);
    for (const name of ['waiting', 'play', 'seeked']) element.addEventListener(name, this.#look);
  }

  /** The server's channels; empty before they are known. */
  get channels(): readonly Channel[] {
    return this.#channels;
  }

  /** What is selected. */
  get channel(): Channel | null {
    return this.#selection?.channel ?? null;
  }

  /** Index of the rung that the user chose; null: the server chooses. */
  get chosenRendition(): number | null {
    return this.#chosen;
  }

  /** The rungs that were sent of late and why, newest last. */
  get notices(): readonly RenditionMessage[] {
    return this.#notices;
  }

  /** Whether playout keeps to the live edge. */
  get isLive(): boolean {
    return this.#playback.figures.isFollowing;
  }

  /** How things stand; computed at each call. */
  get statistics(): PlayerStatistics {
    const { session } = this.#connection;
    return snapshot(this.element, this.channel, this.#notices, this.#playback, this.#pictures, session);
  }

  /** Selects a channel by its name or index, as soon as the catalog is there. */
  select(channel: string | number, options: SelectOptions = {}): void {
    this.#wish = { channel, options };
    if (this.#channels.length > 0) this.#ask(false);
  }

  /** Goes to a position on a timeline of the viewer's own, seconds. */
  seek(positionSeconds: number): void {
    if (this.#wish) this.select(this.#wish.channel, { from: 'position', positionSeconds: Math.max(0, positionSeconds) });
  }

  /** Goes back to the live edge, which may lie ready. */
  goLive(): void {
    if (!this.#wish) return;
    const edge = this.#connection.session?.liveEdge ?? Infinity;
    const isReady = this.#selection?.from === 'live' && this.#playback.end > edge;
    this.#playback.follow();
    if (!isReady) this.select(this.#wish.channel, { from: 'live' });
  }

  /** Has the server send one rung only, by its index, or choose again (null). What lies ready in another is played over. */
  chooseRendition(index: number | null): void {
    this.#chosen = index;
    const rendition = this.channel?.renditions.find((one) => one.index === index);
    this.#limits.set({ rendition: rendition?.index, maxBitsPerSecond: rendition && Math.ceil(rendition.bitsPerSecond) });
    this.#sayLimits();
    if (this.#selection) this.#ask(true);
  }

  /** Has what lies ahead sent again as the server chooses now, and played over what lies ready. */
  refresh(): void {
    this.#sayLimits();
    if (this.#selection && this.isLive) this.#ask(true);
  }

  /** Tells the server how many lines of the display the picture takes, so that it sends nothing finer; 0: it is not seen. */
  setWindowHeight(lines: number): void {
    this.#limits.set({ windowHeight: Math.round(lines) });
  }

  /** Ends the session and gives the element back. */
  close(): void {
    clearInterval(this.#timer);
    for (const name of ['waiting', 'play', 'seeked']) this.element.removeEventListener(name, this.#look);
    this.#connection.close();
    this.#playback.dispose();
  }

  #onCatalog(channels: readonly Channel[], isNew: boolean): void {
    this.#channels = channels;
    this.emit('catalog', channels);
    if (!isNew) return;
    this.#selections = 0;
    this.#limits.forget();
    this.#sayLimits();
    if (this.#wish) this.#ask(this.#selection !== null);
  }

  /** Selects what is wished for. `mayGoOn`: without a break, if the new selection begins where playout is. */
  #ask(mayGoOn: boolean): void {
    const { session } = this.#connection;
    const { channel: wanted, options } = this.#wish!;
    const channel = this.#channels.find((one) => one.name === wanted || one.index === wanted);
    if (!session) return;
    if (!channel) {
      this.emit('error', 'there is no such channel');
      return;
    }
    const from = options.from ?? 'live';
    const isOwn = from !== 'live';
    const position = mayGoOn && isOwn && this.#playback.figures.position !== null ? this.#playback.figures.position : options.positionSeconds;
    const number = ++this.#selections;
    this.#selection = {
      number, channel, from, position, mayGoOn: mayGoOn && this.#selection?.channel.name === channel.name,
      bytesBefore: session.receivedBytes, hasReadAhead: true, hasBegun: false, hasEnded: false, isStopped: false,
    };
    if (!this.#selection.mayGoOn) this.#playback.hold();
    session.select(number, channel.durationSeconds, {
      type: 'select', selection: number, channel: channel.index, maxBufferSeconds: this.#options.maxBuffer,
      ...(position === undefined ? { from } : { from: 'position', positionSeconds: position }),
    });
    this.emit('channel', channel);
  }

  #onMessage(message: ServerMessage): void {
    if ('selection' in message && message.selection !== this.#selection?.number) return;
    switch (message.type) {
      case 'selected':
        this.#onSelected(message);
        break;
      case 'rendition':
        this.#notices = [...this.#notices, message].slice(-20);
        this.emit('rendition', message);
        break;
      case 'channelEnded':
        this.#selection!.hasEnded = true;
        this.emit('ended', message.reason);
        break;
      case 'error':
        this.emit('error', message.message);
        break;
    }
  }

  #onSelected({ startSeconds, maxBufferSeconds }: SelectedMessage): void {
    const selection = this.#selection!;
    selection.hasReadAhead = maxBufferSeconds > 0;
    this.#pictures.reset();
    const position = this.#playback.figures.position;
    const isSamePlace = position !== null && startSeconds > position - SAME_PLACE_SECONDS && startSeconds <= this.#playback.end;
    if (selection.mayGoOn && isSamePlace) {
      this.#playback.goOn();
    } else {
      if (selection.mayGoOn) this.#playback.hold();
      this.#playback.begin(Math.max(startSeconds, selection.position ?? 0), selection.from === 'live', selection.hasReadAhead);
    }
  }

  #onFailed(reason: string, isFinal: boolean): void {
    if (isFinal) this.emit('unplayable', reason);
    const { session } = this.#connection;
    if (isFinal || !session || !this.#selection) return;
    session.video.forgetSetup();
    session.audio.forgetSetup();
    this.#ask(false);
  }

  readonly #tick = (): void => {
    this.#look();
    this.#sayLimits();
    this.#sayFeedback();
    this.emit('tick', undefined);
  };

  /** At the live edge what comes while the user has paused would be thrown away; playing again begins where the broadcast is then. */
  #stopWhilePaused(): void {
    const selection = this.#selection;
    const { session } = this.#connection;
    if (!session || !selection || selection.hasReadAhead || selection.isStopped === this.element.paused) return;
    if (this.element.paused) {
      selection.isStopped = true;
      session.send({ type: 'stop', selection: selection.number });
    } else {
      this.#ask(false);
    }
  }

  readonly #look = (): void => {
    const { session } = this.#connection;
    this.#stopWhilePaused();
    const liveEdge = this.#selection?.from === 'live' ? (session?.liveEdge ?? null) : null;
    const ask = this.#playback.look(liveEdge, this.#selection?.hasEnded ?? false);
    if (ask === 'connect') this.#connection.renew('the machine has slept');
    else if (ask === 'select' && session && this.#channels.length > 0) this.#ask(false);
  };

  #sayLimits(): void {
    const limits = this.#channels.length > 0 ? this.#limits.take(performance.now() / 1_000) : null;
    if (limits) this.#connection.session?.send(limits);
  }

  #sayFeedback(): void {
    const { session } = this.#connection;
    const selection = this.#selection;
    if (!session || !selection?.hasBegun || selection.isStopped) return;
    const { video, audio } = session;
    session.send(feedback({
      selection: selection.number,
      figures: this.#playback.figures,
      levels: this.#playback.levels,
      receivedBytes: Math.max(0, session.receivedBytes - selection.bytesBefore),
      presented: document.hidden ? null : this.#pictures.presented,
      late: this.#pictures.dropped,
      damaged: video.faults.lost + video.faults.useless + audio.faults.lost + audio.faults.useless,
      isAtLiveEdge: !selection.hasReadAhead,
    }));
  }
}
