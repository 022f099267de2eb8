import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { PlayoutActions } from '../src/playout/playout-input';
import type { ConnectionListener } from '../src/session/connection';
import type { ClientMessage, ServerMessage } from '../src/protocol/messages';

/** What was done with the stand-ins, in order. */
const done: string[] = [];
const stand = { position: 12 as number | null, end: 20, ask: null as PlayoutActions['ask'] };
let server: ConnectionListener;
let session: ReturnType<typeof fakeSession> | null;

const fakeTrack = () => ({ faults: { lost: 0, useless: 0 }, forgetSetup: () => done.push('forget set-up') });
function fakeSession() {
  return {
    sent: [] as ClientMessage[], receivedBytes: 0, liveEdge: 12.2, video: fakeTrack(), audio: fakeTrack(),
    send(message: ClientMessage) { this.sent.push(message); },
    select(_: number, __: number, message: ClientMessage) { this.sent.push(message); },
  };
}

vi.mock('../src/session/connection', () => ({
  Connection: class {
    constructor(_: string, listener: ConnectionListener) { server = listener; }
    get session() { return session; }
    renew(reason: string) { done.push(`renew: ${reason}`); }
    close() {}
  },
}));
vi.mock('../src/player/playback', () => ({
  Playback: class {
    levels = { video: 1, audio: 1 };
    get figures() { return { state: 'playing', position: stand.position, target: 0.2, rate: 1, stalls: 0, stallMs: 0, jumps: 0, isFollowing: true }; }
    get end() { return stand.end; }
    look() { return stand.ask; }
    hold() { done.push('hold'); }
    goOn() { done.push('go on'); }
    begin(start: number, isLive: boolean, hasReadAhead: boolean) { done.push(`begin ${start} ${isLive} ${hasReadAhead}`); }
    onTrack() { done.push('unit'); }
    dispose() {}
  },
}));
vi.stubGlobal('document', { hidden: false });

const { Viewing } = await import('../src/player/viewing');

const channel = (index: number) =>
  ({ index, name: `${index}.mp4`, title: '', durationSeconds: 20, width: 2, height: 2, frameRate: 25, hasAudio: true, renditions: [] });

describe('a viewing', () => {
  let element: { paused: boolean };
  let told: string[];

  beforeEach(() => {
    done.length = 0;
    Object.assign(stand, { position: 12, end: 20, ask: null });
    session = fakeSession();
    element = { paused: false };
    told = [];
  });

  const begin = (maxBuffer = 8) => {
    const video = Object.assign(new EventTarget(), element, { getVideoPlaybackQuality: () => ({ totalVideoFrames: 9, droppedVideoFrames: 1 }) });
    element = video;
    const viewing = new Viewing(video as unknown as HTMLVideoElement, 'ws://x/ws', { maxBuffer, targetDelay: 0.2, maxTargetDelay: 1 }, {
      onCatalog: () => {}, onSelected: () => {}, onMessage: (message) => told.push(message.type), onLost: () => {},
      onNoChannel: () => told.push('no channel'), onUnplayable: () => {}, onRefused: () => {},
    });
    viewing.wish = { channel: '0.mp4', options: {} };
    server.onCatalog([channel(0), channel(1)], true);
    return viewing;
  };
  const selected = (selection: number, startSeconds: number, maxBufferSeconds = 8) =>
    server.onMessage({ type: 'selected', selection, channel: 0, startSeconds, maxBufferSeconds } satisfies ServerMessage);
  const selects = () => session!.sent.filter((message) => message.type === 'select');

  test('begins with the first channel that there is, whatever its index, where none is named', () => {
    const viewing = begin();
    viewing.wish = { channel: null, options: {} };
    server.onCatalog([channel(3), channel(5)], true);
    expect(selects().at(-1)).toMatchObject({ channel: 3 });
  });

  test('begins where the server says', () => {
    begin();
    selected(1, 11);
    expect(selects()).toEqual([{ type: 'select', selection: 1, channel: 0, from: 'live', maxBufferSeconds: 8 }]);
    expect(done).toEqual(['hold', 'begin 11 true true']);
  });

  test('goes on in the same place for another rung, with a number above the last', () => {
    const viewing = begin();
    selected(1, 11);
    done.length = 0;
    viewing.ask(true);
    selected(1, 11);
    selected(2, 12);
    expect(done).toEqual(['go on']);
  });

  test('goes on after the session was lost, on the same timeline; begins on another', () => {
    begin();
    selected(1, 11);
    done.length = 0;
    session = fakeSession();
    server.onCatalog([channel(0)], true);
    selected(1, 13);
    expect(done).toEqual(['go on']);
    session = fakeSession();
    server.onCatalog([channel(0)], true);
    selected(1, 0.4);
    expect(done).toEqual(['go on', 'hold', 'begin 0.4 true true']);
  });

  test('resumes a timeline of its own where it was', () => {
    const viewing = begin();
    viewing.wish = { channel: 0, options: { from: 'position', positionSeconds: 3.5 } };
    viewing.ask(false);
    selected(2, 3);
    expect(done.at(-1)).toBe('begin 3.5 false true');
    session = fakeSession();
    server.onCatalog([channel(0)], true);
    expect(selects()[0]).toMatchObject({ from: 'position', positionSeconds: 12 });
  });

  test('passes over what is said of an older selection, and tells when there is no such channel', () => {
    const viewing = begin();
    server.onMessage({ type: 'rendition', selection: 7, to: 0, name: 'x', atSeconds: 0, reason: '' });
    expect(told).toEqual([]);
    viewing.wish = { channel: 'none', options: {} };
    viewing.ask(false);
    expect(told).toEqual(['no channel']);
  });

  test('follows a channel that gets another name, also over a lost session', () => {
    const viewing = begin();
    selected(1, 11);
    server.onCatalog([{ ...channel(0), name: 'talk', title: 'A talk' }, channel(1)], false);
    expect(viewing.selection!.channel).toMatchObject({ name: 'talk', title: 'A talk' });
    expect(selects()).toHaveLength(1);
    session = fakeSession();
    server.onCatalog([channel(1), { ...channel(2), name: 'talk' }], true);
    expect(selects()).toMatchObject([{ channel: 2 }]);
  });

  test('plays a channel that comes again after it had gone, and the first one where none is named', () => {
    const viewing = begin();
    selected(1, 11);
    server.onCatalog([channel(1)], false);
    server.onMessage({ type: 'channelEnded', selection: 1, reason: '' });
    server.onCatalog([channel(1), channel(3)], false);
    expect(selects()).toHaveLength(1);
    server.onCatalog([channel(1), { ...channel(4), name: '0.mp4' }], false);
    expect(selects().at(-1)).toMatchObject({ selection: 2, channel: 4 });
    viewing.wish = { channel: null, options: {} };
    viewing.ask(false);
    expect(selects().at(-1)).toMatchObject({ selection: 3, channel: 1 });
  });

  test('says feedback from the first unit to the end of the channel', () => {
    const viewing = begin();
    selected(1, 11);
    viewing.tick();
    expect(session!.sent.some((message) => message.type === 'feedback')).toBe(false);
    server.onTrack('video', { kind: 'unit' } as never);
    viewing.tick();
    expect(session!.sent.at(-1)).toMatchObject({ type: 'feedback', selection: 1, state: 'playing', positionSeconds: 12 });

    server.onMessage({ type: 'channelEnded', selection: 1, reason: '' });
    const said = session!.sent.length;
    viewing.tick();
    expect(session!.sent.slice(said).filter((message) => message.type === 'feedback')).toEqual([]);
  });

  test('stops at the live edge while the user has paused, and asks anew then', () => {
    const viewing = begin(0);
    selected(1, 11, 0);
    server.onTrack('video', { kind: 'unit' } as never);
    element.paused = true;
    viewing.tick();
    viewing.tick();
    expect(session!.sent.filter((message) => message.type === 'stop')).toHaveLength(1);
    element.paused = false;
    viewing.tick();
    expect(selects().map((message) => message.selection)).toEqual([1, 2]);
  });

  test('does what playout asks of a session', () => {
    const viewing = begin();
    stand.ask = 'select';
    viewing.look();
    expect(selects()).toHaveLength(2);
    stand.ask = 'connect';
    viewing.look();
    expect(done.at(-1)).toMatch(/^renew/);
  });
});
