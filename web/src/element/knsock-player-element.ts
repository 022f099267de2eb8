import type { HlsPlayback } from '../player/hls-playback';
import { KnSockPlayer } from '../player/knsock-player';
import { MediaSourceSink } from '../player/media-source-sink';
import type { Channel } from '../protocol/messages';
import { serverAddress } from '../session/server-address';
import { History } from './history';
import { QualityMenu } from './quality-menu';
import { StatisticsOverlay } from './statistics-overlay';
import { arrange, fill, type Parts } from './template';

/** So long after a session was lost the user is told: a short break is played over. */
const PATIENCE_SECONDS = 2;

/** Further behind than this is behind. */
const BEHIND_SECONDS = 2.5;

/** Who has not reached the server by WebSocket for so long is not going to. */
const SHUT_OUT_SECONDS = 6;

/** A page that nobody sees for so long is sent the least there is. */
const UNSEEN_SECONDS = 30;

/**
 * `<knsock-player src="./" channel="NAME" autoplay muted>`: a player with its controls. `src` is any address of a server: of its
 * WebSocket, or of one of its pages. Without `channel` it plays the first one. `max-buffer`: seconds that the server may send ahead of
 * playout (8); 0: none, for the least latency. Where the server asks for a viewer token: the property or attribute `token`, or, on a page
 * of the server itself, its cookie. An event `knsock-refused` tells that it wants one, or another.
 */
export class KnSockPlayerElement extends HTMLElement {
  static readonly observedAttributes = ['src', 'channel', 'max-buffer', 'token'];

  /** What plays; null while the element is in no document, and with HLS. */
  player: KnSockPlayer | null = null;

  /** What plays HLS, where Media Source over WebSocket cannot be used and the browser does not play HLS itself. */
  hls: HlsPlayback | null = null;

  readonly #parts: Parts;
  readonly #sizes = new ResizeObserver(() => this.#tellSize());
  #history = new History();
  #overlay: StatisticsOverlay;
  #menu: QualityMenu | null = null;
  #lost: { readonly reason: string; readonly at: number } | null = null;
  #fault: string | null = null;
  #hiddenAt: number | null = null;
  #stopFallback: (() => void) | null = null;
  #shown: Channel | null = null;
  #token: string | null = null;
  #isStarted = false;
  #startedAt = 0;
  #hasConnected = false;
  #hasTriedFallback = false;

  constructor() {
    super();
    this.#parts = fill(this.attachShadow({ mode: 'open' }));
    this.#overlay = new StatisticsOverlay(this.#parts.statistics, this.#history);
    this.#parts.live.addEventListener('click', () => (this.player ?? this.hls)?.goLive());
    this.#parts.details.addEventListener('click', () => this.toggleStatistics());
    this.#parts.controller.addEventListener('keydown', (event) => this.#onKey(event));
  }

  connectedCallback(): void {
    this.#start();
    this.#sizes.observe(this);
    document.addEventListener('visibilitychange', this.#onVisibility);
  }

  disconnectedCallback(): void {
    this.#sizes.disconnect();
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#stop();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    // An element that the parser has made gets its attributes told before it is told that it is connected.
    if (before === after || !this.#isStarted) return;
    if (name === 'channel' && this.player) this.player.select(this.#wanted);
    else this.restart();
  }

  /** The viewer token; it begins anew with another. A property is better than the attribute, which stands in the page. */
  get token(): string | null {
    return this.#token ?? this.getAttribute('token');
  }

  set token(token: string | null) {
    this.#token = token;
    if (this.#isStarted) this.restart();
  }

  /** Connects anew, as after the page has got another viewer token. */
  restart(): void {
    this.#stop();
    this.#start();
  }

  /** What is played; an event `knsock-channel` tells when it changes. */
  get channel(): Channel | null {
    return this.#shown;
  }

  /** Shows the statistics, or hides them. */
  toggleStatistics(): void {
    this.#overlay.toggle();
    this.#parts.details.setAttribute('aria-pressed', String(this.#overlay.isShown));
  }

  get #wanted(): string | null {
    return this.getAttribute('channel');
  }

  #start(): void {
    this.#isStarted = true;
    this.#startedAt = now();
    this.#hasConnected = this.#hasTriedFallback = false;
    this.#lost = this.#fault = null;
    this.#parts.controller.classList.remove('hls', 'no-choice');
    const { video } = this.#parts;
    if (this.hasAttribute('muted')) video.muted = true;
    if (MediaSourceSink.isSupported()) this.#play();
    else void this.#fallBack('This browser does not play it, and the server has no HLS of it.');
    if (this.hasAttribute('autoplay')) void this.#autoplay();
  }

  #play(): void {
    const { socket } = serverAddress(this.getAttribute('src') ?? './', document.baseURI);
    const maxBuffer = Number(this.getAttribute('max-buffer') ?? Number.NaN);
    const player = new KnSockPlayer(this.#parts.video, socket, { token: this.token, ...(maxBuffer >= 0 ? { maxBuffer } : {}) });
    this.player = player;
    this.#menu = new QualityMenu(this.#parts.qualityMenu, this.#parts.qualityLabel, player);
    player.on('lost', (reason) => {
      this.#lost ??= { reason, at: now() };
      this.#fallBackIfShutOut();
    });
    player.on('catalog', () => {
      this.#lost = null;
      this.#hasConnected = true;
    });
    player.on('channel', (channel) => {
      this.#fault = null;
      this.#tellChannel(channel);
    });
    player.on('ended', (reason) => { this.#fault = `The channel has ended: ${reason}`; });
    player.on('error', (reason) => { this.#fault = reason; });
    player.on('refused', (reason) => this.dispatchEvent(new CustomEvent('knsock-refused', { detail: reason })));
    player.on('unplayable', (reason) => void this.#fallBack(`This browser does not play it: ${reason}`));
    player.on('tick', () => this.#update());
    player.select(this.#wanted);
    this.#tellSize();
  }

  #stop(): void {
    this.#isStarted = false;
    this.#stopFallback?.();
    this.#stopFallback = this.hls = null;
    this.#menu?.dispose();
    this.#overlay.dispose();
    this.player?.close();
    this.player = null;
    this.#history = new History();
    this.#overlay = new StatisticsOverlay(this.#parts.statistics, this.#history);
  }

  /** Where this browser, or the way to the server, does not allow what is best, HLS plays as well. */
  async #fallBack(reason: string): Promise<void> {
    const { base } = serverAddress(this.getAttribute('src') ?? './', document.baseURI);
    const { findHls, playHls } = await import('../player/hls-fallback');
    const found = await findHls(base, this.#wanted, this.token);
    if (!found) {
      this.#say(reason);
      return;
    }
    this.player?.close();
    this.player = null;
    this.#parts.controller.classList.add('hls');
    try {
      const { playback, stop } = playHls(this.#parts.video, found.address, found.channel, this.token);
      this.#stopFallback = stop;
      this.#offerRungs(playback);
      this.#tellChannel(found.channel);
      this.#say(null);
      if (this.hasAttribute('autoplay')) void this.#autoplay();
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error));
    }
  }

  #offerRungs(playback: HlsPlayback | null): void {
    this.hls = playback;
    this.#menu?.dispose();
    this.#parts.controller.classList.toggle('no-choice', playback === null);
    if (!playback) return;
    const menu = new QualityMenu(this.#parts.qualityMenu, this.#parts.qualityLabel, playback);
    this.#menu = menu;
    playback.onChange(() => {
      menu.update(playback.rendition);
      this.#parts.live.classList.toggle('behind', playback.isBehind);
    });
  }

  /** A proxy on the way may let pages through and no WebSockets. */
  #fallBackIfShutOut(): void {
    if (this.#hasConnected || this.#hasTriedFallback || now() - this.#startedAt < SHUT_OUT_SECONDS) return;
    this.#hasTriedFallback = true;
    void this.#fallBack('The server cannot be reached by WebSocket.');
  }

  /** Browsers let a page play by itself when it is silent, or when its user has done something in it. */
  async #autoplay(): Promise<void> {
    const { video } = this.#parts;
    try {
      await video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError' || video.muted) return;
      video.muted = true;
      await video.play().catch(() => {});
    }
  }

  #update(): void {
    const player = this.player!;
    const { statistics } = player;
    this.#history.note(now(), statistics);
    this.#menu!.update(statistics.rendition);
    this.#overlay.update(now(), statistics);
    const isBehind = !player.isLive || (statistics.latency ?? 0) > BEHIND_SECONDS;
    this.#parts.live.classList.toggle('behind', isBehind);
    const isLost = this.#lost !== null && now() - this.#lost.at > PATIENCE_SECONDS;
    this.#say(this.#fault ?? (isLost ? `The connection is lost and tried for again: ${this.#lost!.reason}` : null));
    if (this.#hiddenAt !== null && now() - this.#hiddenAt > UNSEEN_SECONDS) player.setWindowHeight(0);
  }

  #tellChannel(channel: Channel): void {
    this.#shown = channel;
    this.dispatchEvent(new CustomEvent('knsock-channel', { detail: channel }));
    this.#tellSize();
  }

  #say(text: string | null): void {
    const { notice } = this.#parts;
    if (notice.textContent !== (text ?? '')) notice.textContent = text ?? '';
    notice.hidden = text === null;
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'i') this.toggleStatistics();
    else if (event.key === 'l') (this.player ?? this.hls)?.goLive();
  }

  #tellSize(): void {
    const { width, height } = this.getBoundingClientRect();
    arrange(this.#parts, width);
    const channel = this.player?.channel;
    // A picture that is not as wide as the element has black beside it, or above and below.
    const lines = channel ? Math.min(height, (width * channel.height) / channel.width) : height;
    if (!document.hidden && lines > 0) this.player?.setWindowHeight(lines * devicePixelRatio);
  }

  readonly #onVisibility = (): void => {
    if (document.hidden) {
      this.#hiddenAt = document.pictureInPictureElement ? null : now();
      return;
    }
    const wasUnseen = this.#hiddenAt !== null && now() - this.#hiddenAt > UNSEEN_SECONDS;
    this.#hiddenAt = null;
    this.#tellSize();
    if (wasUnseen) this.player?.refresh();
  };
}

/** Makes `<knsock-player>` known to the page. */
export function defineKnSockPlayer(): void {
  if (!customElements.get('knsock-player')) customElements.define('knsock-player', KnSockPlayerElement);
}

function now(): number {
  return performance.now() / 1_000;
}
