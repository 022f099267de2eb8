import type { Channel, Rendition, ServerMessage } from './messages';
import { Properties } from './properties';

/** Reads a message of the server. Null: a type that is not known, which is passed over. Throws MalformedMessage. */
export function readServerMessage(text: string): ServerMessage | null {
  const all = Properties.parse(text);
  switch (all.type) {
    case 'catalog':
      return { type: 'catalog', channels: all.list('channels').map(readChannel) };
    case 'selected':
      return {
        type: 'selected',
        selection: all.index('selection'),
        channel: all.index('channel'),
        startSeconds: all.number('startSeconds'),
        maxBufferSeconds: all.number('maxBufferSeconds'),
      };
    case 'rendition':
      return {
        type: 'rendition',
        selection: all.index('selection'),
        ...all.optional('from', () => all.index('from')),
        to: all.index('to'),
        name: all.text('name'),
        atSeconds: all.number('atSeconds'),
        reason: all.text('reason'),
      };
    case 'sound':
      return {
        type: 'sound',
        selection: all.index('selection'),
        bitsPerSecond: all.number('bitsPerSecond'),
        atSeconds: all.number('atSeconds'),
        reason: all.text('reason'),
      };
    case 'channelEnded':
      return { type: 'channelEnded', selection: all.index('selection'), reason: all.text('reason') };
    case 'pong':
      return { type: 'pong', id: all.integer('id'), time: all.integer('time'), ...all.optional('linkBitsPerSecond', () => all.integer('linkBitsPerSecond')) };
    case 'error':
      return {
        type: 'error',
        code: all.text('code'),
        message: all.text('message'),
        ...all.optional('selection', () => all.index('selection')),
      };
    case 'decision':
      return {
        type: 'decision',
        ageSeconds: all.number('ageSeconds'),
        ...all.optional('missed', () => all.index('missed')),
        record: all.object('record'),
      };
    case 'explained':
      return { type: 'explained', sessions: all.index('sessions') };
    default:
      return null;
  }
}

/** Reads a list of channels that came otherwise than in a message, such as from the HTTP API. */
export function readChannel(value: unknown): Channel {
  const all = Properties.of(value);
  return {
    index: all.index('index'),
    name: all.text('name'),
    title: all.text('title'),
    durationSeconds: all.number('durationSeconds'),
    width: all.index('width'),
    height: all.index('height'),
    frameRate: all.number('frameRate'),
    hasAudio: all.flag('hasAudio'),
    ...all.optional('encoding', () => all.text('encoding')),
    ...all.optional('warnings', () => all.texts('warnings')),
    renditions: all.list('renditions').map(readRendition),
  };
}

function readRendition(value: unknown): Rendition {
  const all = Properties.of(value);
  return {
    index: all.index('index'),
    name: all.text('name'),
    width: all.index('width'),
    height: all.index('height'),
    bitsPerSecond: all.number('bitsPerSecond'),
    ...all.optional('passthrough', () => all.flag('passthrough')),
    ...all.optional('withdrawn', () => all.text('withdrawn')),
  };
}

