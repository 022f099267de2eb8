import { FrameFlag, FrameKind, type Frame } from '../protocol/frame-header';
import { FrameReader } from '../protocol/frame-reader';
import { readServerMessage } from '../protocol/message-reader';
import type { ClientMessage, ServerMessage } from '../protocol/messages';
import { MalformedMessage } from '../protocol/properties';
import { ServerClock } from './server-clock';
import { TrackRouter, type TrackEvent } from './track-router';

/** The two tracks of a channel. */
export type Track = 'video' | 'audio';

/** Who is told what comes in. Called in the order in which it came. */
export interface SessionListener {
  onMessage(message: ServerMessage): void;
  onTrack(track: Track, event: TrackEvent): void;
  /** The session is over; nothing follows. Not told after {@link Session.close}. */
  onClosed(reason: string): void;
}

const SUBPROTOCOL = 'knsock.1';
const CLIENT = 'knsock-web/0.1.0';
const PING_MS = 1_000;
const SILENCE_MS = 10_000;
const MOST_FAILED_BYTES = 67_108_864;

/** A message that is filled up to this is heard at once, PROTOCOL.md, "How soon a message is heard". */
const HEARD_AT_ONCE = 3_072;
const URGENT = new Set<ClientMessage['type']>(['select', 'stop', 'limits']);

/** One session over one WebSocket. It does not come back by itself. */
export class Session {
  readonly clock = new ServerClock();
  readonly video = new TrackRouter('video');
  readonly audio = new TrackRouter('audio');

  /** What the server takes the link to carry, bits a second; null while it does not say. */
  linkBitsPerSecond: number | null = null;

  /** Bytes of frames received, damage and messages included. */
  receivedBytes = 0;

  /** Messages that did not have the form they must have. */
  malformedMessages = 0;

  readonly #socket: WebSocket;
  readonly #listener: SessionListener;
  readonly #reader = new FrameReader();
  readonly #sentPings = new Map<number, number>();
  readonly #decoder = new TextDecoder();
  #timer: ReturnType<typeof setInterval> | undefined;
  #lastPing = 0;
  #pingedAt = -Infinity;
  #heardAt = performance.now();
  #isOver = false;

  readonly #token: string | null;

  /** Connects at once. `token`: the viewer token; null where there is none, or the page's cookie has it. */
  constructor(url: string, listener: SessionListener, token: string | null = null) {
    this.#listener = listener;
    this.#token = token;
    this.#socket = new WebSocket(url, SUBPROTOCOL);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onopen = () => this.#onOpen();
    this.#socket.onmessage = ({ data }) => this.#onData(data as ArrayBuffer | string);
    this.#socket.onclose = ({ code, reason }) => this.#end(reason || `closed with code ${code}`);
    this.#timer = setInterval(() => this.#tick(), PING_MS);
  }

  /** The server's position on the viewer's timeline now, seconds; null while it is not known. */
  get liveEdge(): number | null {
    const mark = this.video.mark ?? this.audio.mark;
    const now = this.clock.at(nowMicroseconds());
    return mark && now !== null ? (mark.liveEdge + now - mark.sendTime) / 1e6 : null;
  }

  /** Says the message if there is a connection. */
  send(message: ClientMessage): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const text = JSON.stringify(message);
    this.#socket.send(URGENT.has(message.type) ? text.padEnd(HEARD_AT_ONCE) : text);
  }

  /** Both tracks take the frames of this selection from now on, and the server is asked for it. */
  select(selection: number, turnSeconds: number, message: ClientMessage): void {
    this.video.select(selection, turnSeconds);
    this.audio.select(selection, turnSeconds);
    this.send(message);
  }

  close(): void {
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#socket.close(1000);
  }

  #onOpen(): void {
    this.send({ type: 'hello', knsock: 1, client: CLIENT, ...(this.#token === null ? {} : { token: this.#token }) });
    this.#ping();
  }

  #tick(): void {
    if (performance.now() - this.#heardAt > SILENCE_MS) this.#end('nothing was heard for 10 s');
    else this.#ping();
  }

  #ping(): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#pingedAt = performance.now();
    this.#sentPings.set(++this.#lastPing, nowMicroseconds());
    this.#sentPings.delete(this.#lastPing - SILENCE_MS / PING_MS);
    this.send({ type: 'ping', id: this.#lastPing });
  }

  #onData(data: ArrayBuffer | string): void {
    if (this.#isOver || typeof data === 'string') return;
    this.#heardAt = performance.now();
    this.receivedBytes += data.byteLength;
    // A page in the background has its timers run once a minute; a server gives up who says nothing for 10 s.
    if (this.#heardAt - this.#pingedAt > 2 * PING_MS) this.#ping();
    for (const frame of this.#reader.push(new Uint8Array(data))) {
      this.#onFrame(frame);
      if (this.#isOver) return;
    }
    if (this.#reader.failedBytes > MOST_FAILED_BYTES) this.#end('what comes is damaged');
  }

  #onFrame(frame: Frame): void {
    const { kind, flags } = frame.header;
    if (kind === FrameKind.message) {
      this.#onMessage(frame.payload);
    } else if (kind !== FrameKind.padding) {
      const track = flags & FrameFlag.audio ? 'audio' : 'video';
      const event = this[track].accept(frame);
      if (event) this.#listener.onTrack(track, event);
    }
  }

  #onMessage(payload: Uint8Array): void {
    try {
      const message = readServerMessage(this.#decoder.decode(payload));
      if (message?.type === 'pong') {
        this.linkBitsPerSecond = message.linkBitsPerSecond ?? null;
        this.#onPong(message.id, message.time);
      }
      if (message) this.#listener.onMessage(message);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.malformedMessages++;
    }
  }

  #onPong(id: number, time: number): void {
    const sentAt = this.#sentPings.get(id);
    this.#sentPings.delete(id);
    if (sentAt !== undefined) this.clock.onPong(sentAt, time, nowMicroseconds());
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.close();
    this.#listener.onClosed(reason);
  }
}

function nowMicroseconds(): number {
  return performance.now() * 1_000;
}
