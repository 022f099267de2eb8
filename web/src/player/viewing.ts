import { feedback } from '../playout/feedback';
import type { Channel, LimitsMessage, SelectedMessage, ServerMessage } from '../protocol/messages';
import { Connection } from '../session/connection';
import type { Session } from '../session/session';
import { WantedLimits } from '../session/wanted-limits';
import { PictureCounts } from './picture-counts';
import { PictureSkew } from './picture-skew';
import { Playback } from './playback';
import type { PlayerOptions } from './player-options';
import { isSamePlace, selectMessage, type Selection, type Wish } from './selection';

/** Who is told. */
export interface ViewingListener {
  onCatalog(channels: readonly Channel[]): void;
  onSelected(channel: Channel): void;
  /** A message about the present selection, or about none. */
  onMessage(message: ServerMessage): void;
  onLost(reason: string): void;
  onRefused(reason: string): void;
  onNoChannel(): void;
  onUnplayable(reason: string): void;
}

const LATE_TICK_MS = 500;
const ELEMENT_EVENTS = ['waiting', 'play', 'seeked'];

/** Brings together a connection and a playback: asks for what is wished for, gives out what comes, and tells the server how it stands. */
export class Viewing {
  readonly playback: Playback;
  readonly pictures: PictureCounts;
  readonly skew: PictureSkew;
  channels: readonly Channel[] = [];
  selection: Selection | null = null;
  wish: Wish | null = null;

  readonly #element: HTMLVideoElement;
  readonly #maxBuffer: number;
  readonly #listener: ViewingListener;
  readonly #connection: Connection;
  readonly #limits = new WantedLimits();
  #selections = 0;
  #tickedAt = 0;

  constructor(element: HTMLVideoElement, url: string, options: PlayerOptions, listener: ViewingListener) {
    this.#element = element;
    this.#maxBuffer = options.maxBuffer;
    this.#listener = listener;
    this.pictures = new PictureCounts(element);
    this.skew = new PictureSkew(element);
    this.playback = new Playback(element, options);
    this.playback.onReady = this.look;
    this.playback.onFailed = (reason, isFinal) => this.#onFailed(reason, isFinal);
    this.#connection = new Connection(url, {
      onCatalog: (channels, isNew) => this.#onCatalog(channels, isNew),
      onMessage: (message) => this.#onMessage(message),
      onTrack: (track, event) => {
        if (this.selection) this.selection.hasBegun = true;
        this.playback.onTrack(track, event);
        // A page in the background has its timers run once a minute, and what comes still comes.
        if (performance.now() - this.#tickedAt > LATE_TICK_MS) this.tick();
      },
      onLost: (reason) => listener.onLost(reason),
      onRefused: (reason) => listener.onRefused(reason),
    }, options.token ?? null);
    for (const name of ELEMENT_EVENTS) element.addEventListener(name, this.look);
  }

  get session(): Session | null {
    return this.#connection.session;
  }

  /** Where the broadcast is, seconds; null on a timeline of the viewer's own, or where it is not known. */
  get liveEdge(): number | null {
    return this.selection?.from === 'live' ? (this.session?.liveEdge ?? null) : null;
  }

  close(): void {
    for (const name of ELEMENT_EVENTS) this.#element.removeEventListener(name, this.look);
    this.#connection.close();
    this.playback.dispose();
  }

  /** Selects what is wished for, once the channels are known. `mayGoOn`: without a break, if the selection begins where playout is. */
  ask(mayGoOn: boolean): void {
    const { session } = this;
    if (!session || !this.wish || this.channels.length === 0) return;
    const { options } = this.wish;
    const channel = this.#wanted;
    if (!channel) {
      this.#listener.onNoChannel();
      return;
    }
    const goesOn = mayGoOn && this.selection?.channel.name === channel.name;
    const from = options.from ?? 'live';
    const reached = goesOn && from !== 'live' ? this.playback.figures.position : null;
    this.selection = {
      number: ++this.#selections, channel, from, position: reached ?? options.positionSeconds, mayGoOn: goesOn,
      bytesBefore: session.receivedBytes, hasReadAhead: true, hasBegun: false, hasEnded: false, isStopped: false,
    };
    if (!goesOn) this.playback.hold();
    session.select(this.selection.number, channel.durationSeconds, selectMessage(this.selection, this.#maxBuffer));
    this.#listener.onSelected(channel);
  }

  /** Changes what the server is told of how much of a picture is of use; undefined takes a limit away. */
  limit(changes: { readonly [key in keyof Omit<LimitsMessage, 'type'>]: LimitsMessage[key] | undefined }): void {
    this.#limits.set(changes);
  }

  /** To be called ten times a second. */
  tick(): void {
    this.#tickedAt = performance.now();
    this.look();
    this.skew.look();
    this.sayLimits();
    this.#sayFeedback();
  }

  /** Says the limits if they are others than those said last. */
  sayLimits(): void {
    const limits = this.channels.length > 0 ? this.#limits.take(performance.now() / 1_000) : null;
    if (limits) this.session?.send(limits);
  }

  /** To be called when anything may have changed. */
  readonly look = (): void => {
    this.#stopWhilePaused();
    const ask = this.playback.look(this.liveEdge, this.selection?.hasEnded ?? false);
    if (ask === 'connect') this.#connection.renew('the machine has slept');
    else if (ask === 'select') this.ask(false);
  };

  get #wanted(): Channel | undefined {
    const wanted = this.wish?.channel;
    return wanted === null ? this.channels[0] : this.channels.find((one) => one.name === wanted || one.index === wanted);
  }

  /** A channel keeps its number within a session, whatever it is called now. */
  #followNames(): void {
    const { selection, wish } = this;
    const channel = selection && !selection.hasEnded ? this.channels.find((one) => one.index === selection.channel.index) : undefined;
    if (!selection || !channel) return;
    if (wish && wish.channel === selection.channel.name) this.wish = { ...wish, channel: channel.name };
    if (channel.name === selection.channel.name && channel.title === selection.channel.title) return;
    selection.channel = channel;
    this.#listener.onSelected(channel);
  }

  #sayFeedback(): void {
    const { session, selection } = this;
    if (!session || !selection?.hasBegun || selection.isStopped || selection.hasEnded) return;
    const { video, audio } = session;
    session.send(feedback({
      selection: selection.number,
      figures: this.playback.figures,
      levels: this.playback.levels,
      receivedBytes: Math.max(0, session.receivedBytes - selection.bytesBefore),
      presented: document.hidden ? null : this.pictures.presented,
      late: this.pictures.dropped,
      damaged: video.faults.lost + video.faults.useless + audio.faults.lost + audio.faults.useless,
      isAtLiveEdge: !selection.hasReadAhead,
    }));
  }

  #onCatalog(channels: readonly Channel[], isNew: boolean): void {
    this.channels = channels;
    if (!isNew) this.#followNames();
    this.#listener.onCatalog(channels);
    if (!isNew) {
      // What was wanted has come, or come again.
      if (this.selection?.hasEnded !== false && this.#wanted) this.ask(false);
      return;
    }
    this.#selections = 0;
    this.#limits.forget();
    this.sayLimits();
    this.ask(this.selection !== null);
  }

  #onMessage(message: ServerMessage): void {
    if ('selection' in message && message.selection !== this.selection?.number) return;
    if (message.type === 'selected') this.#onSelected(this.selection!, message);
    else if (message.type === 'channelEnded') this.selection!.hasEnded = true;
    this.#listener.onMessage(message);
  }

  #onSelected(selection: Selection, { startSeconds, maxBufferSeconds }: SelectedMessage): void {
    selection.hasReadAhead = maxBufferSeconds > 0;
    this.pictures.reset();
    this.skew.reset();
    if (selection.mayGoOn && isSamePlace(startSeconds, this.playback.figures.position, this.playback.end)) {
      this.playback.goOn();
      return;
    }
    if (selection.mayGoOn) this.playback.hold();
    this.playback.begin(Math.max(startSeconds, selection.position ?? 0), selection.from === 'live', selection.hasReadAhead);
  }

  /** At the live edge what comes while the user has paused would be thrown away; playing again begins where the broadcast is then. */
  #stopWhilePaused(): void {
    const { selection, session } = this;
    const isPaused = this.#element.paused;
    if (!session || !selection || selection.hasReadAhead || selection.isStopped === isPaused) return;
    if (isPaused) {
      selection.isStopped = true;
      session.send({ type: 'stop', selection: selection.number });
    } else {
      this.ask(false);
    }
  }

  #onFailed(reason: string, isFinal: boolean): void {
    if (isFinal) {
      this.#listener.onUnplayable(reason);
      return;
    }
    this.session?.video.forgetSetup();
    this.session?.audio.forgetSetup();
    if (this.selection) this.ask(false);
  }
}
