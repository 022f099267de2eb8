import { describe, expect, test } from 'vitest';
import { readServerMessage } from '../src/protocol/message-reader';
import { MalformedMessage } from '../src/protocol/properties';
import type { ClientMessage, FeedbackMessage } from '../src/protocol/messages';
import { readVectors } from './vectors';

interface Line { name: string; from?: string; as?: string; line: string; means?: string | null }
const vectors = readVectors<{ control: Line[]; lenient: Line[]; invalid: Line[] }>('messages.json');
const ofServer = vectors.control.filter((vector) => vector.from === 'server');

/** What is wrong with these is wrong in a type that only a server reads, or is not told apart by a browser's JSON. */
const notRead = /^(missing|fraction|overflow|negative-selection|large-selection|duplicate.*|feedback-(string|null|missing|infinite|duplicate)|state-.*|from-number|session-.*|shared-number|token-number|surrogate|deep|why-follow-number)$/;

describe('messages of the server', () => {
  test.each(ofServer)('$name', ({ line }) => expect(readServerMessage(line)).toEqual(JSON.parse(line)));

  test.each(vectors.lenient.filter((vector) => vector.means === null))('$name is passed over', ({ line }) =>
    expect(readServerMessage(line)).toBeNull());

  test('unknown properties are passed over, and null is missing', () => {
    expect(readServerMessage(' {"reason":"x","color":{"type":"pong"},"selection":null,"type":"error","code":"c","message":"m"}')).toEqual({
      type: 'error', code: 'c', message: 'm',
    });
  });

  test.each(vectors.invalid.filter((vector) => vector.as === 'control' && !notRead.test(vector.name)))('$name is malformed', ({ line }) =>
    expect(() => readServerMessage(line)).toThrow(MalformedMessage));

  test.each([
    '{"type":"pong","id":1}',
    '{"type":"pong","id":1.5,"time":2}',
    '{"type":"selected","selection":-1,"channel":0,"startSeconds":0,"maxBufferSeconds":0}',
    '{"type":"selected","selection":1,"channel":0,"startSeconds":"0","maxBufferSeconds":0}',
    '{"type":"selected","selection":1,"channel":0,"startSeconds":1e999,"maxBufferSeconds":0}',
    '{"type":"catalog","channels":[{"index":0}]}',
  ])('%s is malformed', (line) => expect(() => readServerMessage(line)).toThrow(MalformedMessage));
});

/** That these lines are of the types that a client writes is what is tested here; the compiler does it. */
test('messages of the client have the form of the vectors', () => {
  const feedback: FeedbackMessage = {
    type: 'feedback', selection: 1, state: 'playing', positionSeconds: 3.25, videoBufferSeconds: 0.4, audioBufferSeconds: 0.41,
    targetSeconds: 0.2, receivedBytes: 1234567, stalls: 1, stallMs: 250, late: 2, dropped: 3, decodeP95Ms: 4.5, presented: 97, playbackRate: 1.05,
  };
  const written: Record<string, ClientMessage> = {
    feedback,
    'select-live-edge': { type: 'select', selection: 3, channel: 0, from: 'live', maxBufferSeconds: 0 },
    'select-name': { type: 'select', selection: 2, name: 'a.mp4', from: 'beginning', maxBufferSeconds: 8 },
    'hello-token': {
      type: 'hello', knsock: 1, client: 'knsock-web/0.1.0', token: 'eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjEsImNoYW5uZWxzIjpbIioiXX0.c2lnbmF0dXJl',
    },
    stop: { type: 'stop', selection: 2 },
    limits: { type: 'limits', windowHeight: 540, maxHeight: 480, maxBitsPerSecond: 1500000 },
    ping: { type: 'ping', id: 9007199254740991 },
  };
  for (const [name, message] of Object.entries(written)) {
    const line = vectors.control.find((vector) => vector.name === name)!.line;
    expect(Object.keys(JSON.parse(line) as object).sort(), name).toEqual(Object.keys(message).sort());
    if (name !== 'feedback') expect(message).toEqual(JSON.parse(line));
  }
});
