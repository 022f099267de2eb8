import { Backoff } from '../playout/backoff';
import { TOKEN_WANTED, type Channel, type ServerMessage } from '../protocol/messages';
import { Session, type Track } from './session';
import type { TrackEvent } from './track-router';

/** Who is told. */
export interface ConnectionListener {
  /** The catalog has come, for the first time or anew: `isNew` if it is that of a session that has just begun. */
  onCatalog(channels: readonly Channel[], isNew: boolean): void;
  onMessage(message: ServerMessage): void;
  onTrack(track: Track, event: TrackEvent): void;
  /** The session is lost; another is tried for. */
  onLost(reason: string): void;
  /** The server wants a viewer token, or another one; nothing more is tried. */
  onRefused(reason: string): void;
}

/** Keeps a session with a server: when one is lost, another is tried for until {@link close}. */
export class Connection {
  /** The present session, which may still be connecting. */
  session: Session | null = null;

  readonly #url: string;
  readonly #listener: ConnectionListener;
  readonly #token: string | null;
  readonly #backoff = new Backoff(Math.random);
  #hasCatalog = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  /** Connects at once. `token`: the viewer token; null where there is none, or the page's cookie has it. */
  constructor(url: string, listener: ConnectionListener, token: string | null = null) {
    this.#url = url;
    this.#listener = listener;
    this.#token = token;
    addEventListener('online', this.#connectNow);
    document.addEventListener('visibilitychange', this.#connectNow);
    this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    removeEventListener('online', this.#connectNow);
    document.removeEventListener('visibilitychange', this.#connectNow);
    clearTimeout(this.#retry);
    this.session?.close();
    this.session = null;
  }

  /** Gives up the present session, as after the machine has slept, and begins another. */
  renew(reason: string): void {
    this.session?.close();
    this.#onLost(reason);
  }

  readonly #connectNow = (): void => {
    if (this.session || this.#isClosed) return;
    clearTimeout(this.#retry);
    this.#connect();
  };

  #connect(): void {
    this.#hasCatalog = false;
    this.session = new Session(this.#url, {
      onMessage: (message) => this.#onMessage(message),
      onTrack: (track, event) => this.#listener.onTrack(track, event),
      onClosed: (reason) => this.#onLost(reason),
    }, this.#token);
  }

  #onMessage(message: ServerMessage): void {
    if (message.type === 'catalog') {
      const isNew = !this.#hasCatalog;
      this.#hasCatalog = true;
      if (isNew) this.#backoff.onOpened(performance.now() / 1_000);
      this.#listener.onCatalog(message.channels, isNew);
    }
    this.#listener.onMessage(message);
    if (message.type === 'error' && message.code === TOKEN_WANTED) {
      this.close();
      this.#listener.onRefused(message.message);
    }
  }

  #onLost(reason: string): void {
    this.session = null;
    if (this.#isClosed) return;
    const seconds = this.#backoff.onLost(performance.now() / 1_000);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(this.#connectNow, seconds * 1_000);
    this.#listener.onLost(reason);
  }
}
