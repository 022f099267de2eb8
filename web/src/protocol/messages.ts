/** Control messages, typed. What is untrusted text (names, titles, reasons, messages) goes into a page as text only. */

/** One encoded version of a channel. */
export interface Rendition {
  readonly index: number;
  readonly name: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Picture and sound together. */
  readonly bitsPerSecond: number;
  /** The picture is that of the source, byte for byte. */
  readonly passthrough?: boolean;
  /** Why it is not sent to anybody at present. */
  readonly withdrawn?: string;
}

/** One selectable video. */
export interface Channel {
  readonly index: number;
  readonly name: string;
  readonly title: string;
  /** Length of a turn. */
  readonly durationSeconds: number;
  readonly width: number;
  readonly height: number;
  /** Frames a second. */
  readonly frameRate: number;
  readonly hasAudio: boolean;
  readonly encoding?: string;
  readonly warnings?: readonly string[];
  /** Lowest first. */
  readonly renditions: readonly Rendition[];
}

export interface CatalogMessage { readonly type: 'catalog'; readonly channels: readonly Channel[] }

export interface SelectedMessage {
  readonly type: 'selected';
  readonly selection: number;
  readonly channel: number;
  /** Position on the viewer's timeline of the first frame. */
  readonly startSeconds: number;
  /** How far ahead the server will send; 0: at the live edge without read-ahead. */
  readonly maxBufferSeconds: number;
}

export interface RenditionMessage {
  readonly type: 'rendition';
  readonly selection: number;
  readonly from?: number;
  readonly to: number;
  readonly name: string;
  readonly atSeconds: number;
  readonly reason: string;
}

/** The sound has another rate from here on. */
export interface SoundMessage {
  readonly type: 'sound';
  readonly selection: number;
  readonly bitsPerSecond: number;
  readonly atSeconds: number;
  readonly reason: string;
}

export interface ChannelEndedMessage { readonly type: 'channelEnded'; readonly selection: number; readonly reason: string }

/** `time`: the server's clock, microseconds. `linkBitsPerSecond`: what the server takes the link to carry, as far as it knows. */
export interface PongMessage { readonly type: 'pong'; readonly id: number; readonly time: number; readonly linkBitsPerSecond?: number }

export interface ErrorMessage {
  readonly type: 'error';
  readonly code: string;
  readonly message: string;
  readonly selection?: number;
}

export interface DecisionMessage {
  readonly type: 'decision';
  readonly ageSeconds: number;
  readonly missed?: number;
  readonly record: Readonly<Record<string, unknown>>;
}

export interface ExplainedMessage { readonly type: 'explained'; readonly sessions: number }

export type ServerMessage =
  | CatalogMessage | SelectedMessage | RenditionMessage | SoundMessage | ChannelEndedMessage | PongMessage | ErrorMessage | DecisionMessage | ExplainedMessage;

/** The first message. Over a WebSocket there is no token that ties connections together; `token` is the viewer's, where the server asks for one. */
export interface HelloMessage { readonly type: 'hello'; readonly knsock: 1; readonly client: string; readonly token?: string }

/** The code of the error by which a server says that it wants a viewer token, or another one. */
export const TOKEN_WANTED = 'token';

/** Where a selection begins. */
export type From = 'live' | 'beginning' | 'position';

export interface SelectMessage {
  readonly type: 'select';
  readonly selection: number;
  readonly channel?: number;
  readonly name?: string;
  readonly from: From;
  readonly positionSeconds?: number;
  readonly maxBufferSeconds?: number;
}

export interface StopMessage { readonly type: 'stop'; readonly selection: number }

export type PlayoutState = 'buffering' | 'playing' | 'stalled' | 'paused';

/** How playout stands. Counters count from the start of the selection. */
export interface FeedbackMessage {
  readonly type: 'feedback';
  readonly selection: number;
  readonly state: PlayoutState;
  readonly positionSeconds?: number;
  readonly videoBufferSeconds: number;
  readonly audioBufferSeconds: number;
  readonly targetSeconds: number;
  readonly receivedBytes: number;
  readonly stalls: number;
  readonly stallMs: number;
  readonly late: number;
  readonly dropped: number;
  readonly decodeP95Ms: number;
  readonly presented?: number;
  readonly playbackRate?: number;
}

/** How much of a picture is of use; what is missing limits nothing. */
export interface LimitsMessage {
  readonly type: 'limits';
  /** Lines of the display that the picture takes; 0: it is not seen. */
  readonly windowHeight?: number;
  readonly maxHeight?: number;
  readonly maxBitsPerSecond?: number;
  /** Index of the one rung that the user wants, whatever the link carries. */
  readonly rendition?: number;
}

export interface PingMessage { readonly type: 'ping'; readonly id: number }

export type ClientMessage = HelloMessage | SelectMessage | StopMessage | FeedbackMessage | LimitsMessage | PingMessage;
