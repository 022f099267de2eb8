import type { SessionFigures } from './figures';
import { bits, duration, milliseconds, seconds, UNKNOWN } from './units';

type Value = string | number | null;

/** A column of the table of viewers. */
export interface Column {
  readonly key: string;
  readonly title: string;
  /** Pixels. */
  readonly width: number;
  readonly isNumber: boolean;
  /** What it is sorted by. */
  readonly value: (of: SessionFigures) => Value;
  readonly text: (of: SessionFigures) => string;
}

type Word = 'id' | 'address' | 'transport' | 'client' | 'channel' | 'rendition' | 'state';

const words = (key: Word, title: string, width: number): Column =>
  ({ key, title, width, isNumber: false, value: (of) => of[key], text: (of) => of[key] ?? UNKNOWN });

type Figure = (of: SessionFigures) => number | null;

const figure = (key: string, title: string, width: number, value: Figure, text: (of: SessionFigures) => string): Column =>
  ({ key, title, width, isNumber: true, value, text });

function buffer({ bufferSeconds, targetSeconds }: SessionFigures): string {
  return bufferSeconds === null ? UNKNOWN : `${seconds(bufferSeconds)} / ${seconds(targetSeconds)}`;
}

function stalls({ stalls: count, stallMs }: SessionFigures): string {
  return count === 0 ? '0' : `${count}, ${milliseconds(stallMs)}`;
}

/** What tells most comes first: a phone shows only some. */
export const columns: readonly Column[] = [
  words('id', 'Viewer', 76),
  words('channel', 'Channel', 140),
  words('rendition', 'Rung', 100),
  words('state', 'State', 74),
  figure('bufferSeconds', 'Buffer / target', 122, (of) => of.bufferSeconds, buffer),
  figure('linkBitsPerSecond', 'Link', 90, (of) => of.linkBitsPerSecond, (of) => bits(of.linkBitsPerSecond)),
  figure('stalls', 'Stalls', 86, (of) => of.stallMs || of.stalls, stalls),
  figure('switches', 'Switches', 88, (of) => of.switches, (of) => String(of.switches)),
  figure('latencyMs', 'Latency', 82, (of) => of.latencyMs, (of) => milliseconds(of.latencyMs)),
  figure('joinedSeconds', 'Joined', 116, (of) => of.joinedSeconds, (of) => `${duration(of.joinedSeconds)} ago`),
  words('address', 'Address', 150),
  words('transport', 'Transport', 94),
  words('client', 'Client', 112),
];

/** What a file of all viewers has, by name. */
export const exported: readonly (readonly [name: string, value: (of: SessionFigures) => Value])[] = ([
  'id', 'address', 'transport', 'client', 'channel', 'rendition', 'state', 'bitsPerSecond', 'linkBitsPerSecond',
  'bufferSeconds', 'targetSeconds', 'latencyMs', 'stalls', 'stallMs', 'switches', 'dropped', 'joinedSeconds',
] as const).map((name) => [name, (of: SessionFigures) => of[name]]);
