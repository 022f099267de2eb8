import { Properties } from '../protocol/properties';

/** A viewer session as the API tells of it. Seconds and bits a second; null: not known. */
export interface SessionFigures {
  readonly id: string;
  readonly address: string;
  readonly client: string;
  readonly transport: string;
  readonly channel: string | null;
  readonly rendition: string | null;
  readonly state: string | null;
  readonly bitsPerSecond: number | null;
  readonly linkBitsPerSecond: number | null;
  readonly bufferSeconds: number | null;
  readonly targetSeconds: number | null;
  readonly latencyMs: number | null;
  readonly stalls: number;
  readonly stallMs: number;
  readonly switches: number;
  readonly dropped: number;
  readonly joinedSeconds: number;
}

/** The sessions that came last, and how many there are. */
export interface SessionList {
  readonly count: number;
  readonly sessions: readonly SessionFigures[];
}

/** A rung or the sound of a channel. */
export interface RenditionActivity {
  readonly name: string;
  readonly watched: boolean;
  /** How much of it need not be encoded any more, 0 to 1. */
  readonly ready: number;
  /** Times real time; null while it is not encoded. */
  readonly encoderSpeed: number | null;
  readonly fault: string | null;
}

export interface ChannelActivity {
  readonly index: number;
  readonly name: string;
  readonly title: string;
  readonly viewers: number;
  readonly renditions: readonly RenditionActivity[];
}

export interface ServerFigures {
  readonly uptimeSeconds: number;
  readonly sentBytes: number;
  readonly cpuSeconds: number;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly sessions: number;
  readonly channels: readonly ChannelActivity[];
}

export function readSessions(value: unknown): SessionList {
  const all = Properties.of(value);
  return { count: all.index('count'), sessions: all.list('sessions').map(readSession) };
}

function readSession(value: unknown): SessionFigures {
  const all = Properties.of(value);
  const number = (name: string) => all.optional(name, () => all.number(name))[name] ?? null;
  const text = (name: string) => all.optional(name, () => all.text(name))[name] ?? null;
  return {
    id: all.text('id'),
    address: all.text('address'),
    client: all.text('client'),
    transport: all.text('transport'),
    channel: text('channel'),
    rendition: text('rendition'),
    state: text('state'),
    bitsPerSecond: number('bitsPerSecond'),
    linkBitsPerSecond: number('linkBitsPerSecond'),
    bufferSeconds: number('bufferSeconds'),
    targetSeconds: number('targetSeconds'),
    latencyMs: number('latencyMs'),
    stalls: all.number('stalls'),
    stallMs: all.number('stallMs'),
    switches: all.number('switches'),
    dropped: all.number('dropped'),
    joinedSeconds: all.number('joinedSeconds'),
  };
}

export function readServer(value: unknown): ServerFigures {
  const all = Properties.of(value);
  return {
    uptimeSeconds: all.number('uptimeSeconds'),
    sentBytes: all.number('sentBytes'),
    cpuSeconds: all.number('cpuSeconds'),
    cores: all.number('cores'),
    memoryBytes: all.number('memoryBytes'),
    sessions: all.index('sessions'),
    channels: all.list('channels').map(readChannelActivity),
  };
}

function readChannelActivity(value: unknown): ChannelActivity {
  const all = Properties.of(value);
  const name = all.text('name');
  return { index: all.index('index'), name, title: all.optional('title', () => all.text('title')).title ?? name, viewers: all.index('viewers'), renditions: all.list('renditions').map(readRendition) };
}

function readRendition(value: unknown): RenditionActivity {
  const all = Properties.of(value);
  return {
    name: all.text('name'),
    watched: all.flag('watched'),
    ready: all.number('ready'),
    encoderSpeed: all.optional('encoderSpeed', () => all.number('encoderSpeed')).encoderSpeed ?? null,
    fault: all.optional('fault', () => all.text('fault')).fault ?? null,
  };
}
