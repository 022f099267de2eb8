import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { concat, u32 } from '../src/media/boxes';
import { crc32c } from '../src/protocol/crc32c';
import type { ServerMessage } from '../src/protocol/messages';
import { Connection } from '../src/session/connection';
import { Session } from '../src/session/session';
import { fromHex, readVectors } from './vectors';

const { frames } = readVectors<{ frames: { name: string; hex: string }[] }>('frames.json');
const frame = (name: string) => fromHex(frames.find((one) => one.name === name)!.hex);

/** A server's control message as it comes. */
function message(text: string): Uint8Array {
  const payload = new TextEncoder().encode(text);
  const head = concat([[0x4b, 0x4e, 0x53, 0x4b, 1, 5, 0, 0], u32(0), u32(payload.length), new Uint8Array(20), u32(crc32c(payload))]);
  return concat([head, u32(crc32c(head)), payload]);
}

/** Stands in for the browser's WebSocket. */
class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  binaryType = '';
  sent: Record<string, unknown>[] = [];
  lengths: number[] = [];
  onopen = () => {};
  onmessage = (_: { data: unknown }) => {};
  onclose = (_: { code: number; reason: string }) => {};
  closedWith: number | null = null;

  constructor(readonly url: string, readonly protocol: string) {
    FakeSocket.all.push(this);
  }

  open(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen();
  }

  send(text: string): void {
    this.lengths.push(text.length);
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(code: number): void {
    this.closedWith = code;
    this.readyState = 3;
  }

  receive(...parts: Uint8Array[]): void {
    const all = concat(parts);
    this.onmessage({ data: all.buffer.slice(all.byteOffset, all.byteOffset + all.length) });
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('document', new EventTarget());
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('removeEventListener', () => {});
  FakeSocket.all = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a session', () => {
  const begin = () => {
    const told: unknown[] = [];
    const session = new Session('ws://host/ws', {
      onMessage: (one: ServerMessage) => told.push(one.type),
      onTrack: (track, event) => told.push(`${track} ${event.kind}`),
      onClosed: (reason) => told.push(`closed: ${reason}`),
    });
    const socket = FakeSocket.all[0]!;
    socket.open();
    return { session, socket, told };
  };

  test('says hello first, and pings once a second', () => {
    const { socket } = begin();
    expect(socket).toMatchObject({ protocol: 'knsock.1', binaryType: 'arraybuffer' });
    expect(socket.sent[0]).toMatchObject({ type: 'hello', knsock: 1 });
    expect(socket.sent[0]).not.toHaveProperty('session');
    vi.advanceTimersByTime(3_000);
    expect(socket.sent.slice(1).map((one) => one.type)).toEqual(['ping', 'ping', 'ping', 'ping']);
  });

  test('gives out messages and the frames of what is selected, however they are split', () => {
    const { session, socket, told } = begin();
    session.select(1, 20, { type: 'select', selection: 1, channel: 0, from: 'live' });
    expect(socket.lengths.at(-1)).toBeGreaterThanOrEqual(3_072);
    const all = concat([
      message('{"type":"selected","selection":1,"channel":0,"startSeconds":0,"maxBufferSeconds":8}'),
      frame('mark-first-sound'), frame('configuration-audio'), frame('sound-first-of-turn'),
      frame('padding'), frame('unknown-kind'),
      frame('mark-first'), frame('configuration-video'), frame('keyframe-negative-dts'),
    ]);
    for (let at = 0; at < all.length; at += 100) socket.receive(all.subarray(at, at + 100));
    expect(told).toEqual(['selected', 'audio configuration', 'audio unit', 'video configuration', 'video unit']);
    expect(session.receivedBytes).toBe(all.length);
  });

  test('passes over messages that are malformed, and counts them', () => {
    const { session, socket, told } = begin();
    socket.receive(message('{"type":"pong"}'), message('nonsense'), message('{"type":"applause"}'), message('{"type":"explained","sessions":2}'));
    expect(session.malformedMessages).toBe(2);
    expect(told).toEqual(['explained']);
  });

  test('knows the live edge from marks and pongs', () => {
    const { session, socket } = begin();
    expect(session.liveEdge).toBeNull();
    session.select(1, 20, { type: 'select', selection: 1, channel: 0, from: 'live' });
    socket.receive(frame('mark-first'), message('{"type":"pong","id":1,"time":125456789}'));
    // The mark was sent at 123.456789 with the edge at 5 s; the pong says 2 s later.
    expect(session.liveEdge).toBeCloseTo(7, 1);
  });

  test('gives up a server from which nothing comes for 10 s', () => {
    const { socket, told } = begin();
    vi.advanceTimersByTime(12_000);
    expect(told).toEqual(['closed: nothing was heard for 10 s']);
    expect(socket.closedWith).toBe(1_000);
  });

  test('pings when something comes although its timers hardly run, as in the background', () => {
    const { socket } = begin();
    vi.setSystemTime(Date.now() + 5_000);
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 5_000);
    socket.receive(frame('padding'));
    socket.receive(frame('padding'));
    expect(socket.sent.filter((one) => one.type === 'ping')).toHaveLength(2);
    vi.restoreAllMocks();
  });

  test('tells why it was closed, once', () => {
    const { socket, told } = begin();
    socket.onclose({ code: 1013, reason: 'the server is full' });
    socket.onclose({ code: 1006, reason: '' });
    expect(told).toEqual(['closed: the server is full']);
  });
});

test('a connection comes back until it is closed', () => {
  const told: string[] = [];
  const connection = new Connection('ws://host/ws', {
    onCatalog: (_, isNew) => told.push(`catalog ${isNew}`),
    onMessage: () => {},
    onTrack: () => {},
    onLost: (reason) => told.push(reason),
    onRefused: (reason) => told.push(`refused: ${reason}`),
  });
  const catalog = message('{"type":"catalog","channels":[]}');
  FakeSocket.all[0]!.open();
  FakeSocket.all[0]!.receive(catalog, catalog);
  FakeSocket.all[0]!.onclose({ code: 1001, reason: 'the server stops' });
  vi.advanceTimersByTime(200);
  expect(FakeSocket.all).toHaveLength(2);
  FakeSocket.all[1]!.open();
  FakeSocket.all[1]!.receive(catalog);
  expect(told).toEqual(['catalog true', 'catalog false', 'the server stops', 'catalog true']);
  FakeSocket.all[1]!.onclose({ code: 1006, reason: '' });
  document.dispatchEvent(new Event('visibilitychange'));
  expect(FakeSocket.all).toHaveLength(3);
  connection.close();
  vi.advanceTimersByTime(60_000);
  document.dispatchEvent(new Event('visibilitychange'));
  expect(FakeSocket.all).toHaveLength(3);
});

test('a connection shows its viewer token, and does not come back where the server wants another', () => {
  const told: string[] = [];
  new Connection('ws://host/ws', {
    onCatalog: () => {},
    onMessage: ({ type }) => told.push(type),
    onTrack: () => {},
    onLost: (reason) => told.push(reason),
    onRefused: (reason) => told.push(`refused: ${reason}`),
  }, 'header.claims.signature');
  const socket = FakeSocket.all[0]!;
  socket.open();
  expect(socket.sent[0]).toEqual({ type: 'hello', knsock: 1, client: expect.stringContaining('knsock-web/') as string, token: 'header.claims.signature' });
  expect(socket.url).toBe('ws://host/ws');
  socket.receive(message('{"type":"error","code":"token","message":"the viewer token has expired; get a new one"}'));
  socket.onclose({ code: 1008, reason: 'the viewer token has expired; get a new one' });
  vi.advanceTimersByTime(60_000);
  expect(FakeSocket.all).toHaveLength(1);
  expect(told).toEqual(['error', 'refused: the viewer token has expired; get a new one']);
});
