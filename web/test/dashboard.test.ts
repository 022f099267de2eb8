import { describe, expect, test } from 'vitest';
import { columns } from '../src/dashboard/columns';
import { csvCell, csvOf } from '../src/dashboard/csv';
import { readDecisions } from '../src/dashboard/decisions';
import { readServer, readSessions, type ServerFigures, type SessionFigures } from '../src/dashboard/figures';
import { rateOf, ServerHistory } from '../src/dashboard/rates';
import { rowWindow, scrollTopFor } from '../src/dashboard/row-window';
import { filtered, nextOrder, sorted } from '../src/dashboard/sorting';
import { bits, bytes, duration, milliseconds, score, seconds, share } from '../src/dashboard/units';

const session = (id: string, of: Partial<SessionFigures> = {}): SessionFigures => ({
  id, address: '127.0.0.1:1', client: 'knsock', transport: 'tcp', channel: 'a.mp4', rendition: '720p', state: 'playing', bitsPerSecond: 2e6, linkBitsPerSecond: 3e6,
  bufferSeconds: 1, targetSeconds: 0.2, latencyMs: 200, stalls: 0, stallMs: 0, switches: 0, dropped: 0, joinedSeconds: 1, ...of,
});
const column = (key: string) => columns.find((each) => each.key === key)!;
const ids = (sessions: readonly SessionFigures[]) => sessions.map((each) => each.id).join(' ');

describe('the rows of ten thousand that are in the document', () => {
  const count = 10_000;
  const at = (scrollTop: number, height = 600) => rowWindow({ count, rowHeight: 36, scrollTop, height });

  test('are a few, and cover all that is seen, wherever one is', () => {
    for (let scrollTop = 0; scrollTop <= count * 36 - 600; scrollTop += 997) {
      const { first, end, above, below } = at(scrollTop);
      expect(end - first).toBeLessThan(40);
      expect(above).toBeLessThanOrEqual(scrollTop);
      expect(end * 36).toBeGreaterThanOrEqual(scrollTop + 600);
      expect(above + (end - first) * 36 + below).toBe(count * 36);
    }
  });

  test('are never beyond the ends: while it is scrolled past them, or after most have left', () => {
    expect(at(-50)).toMatchObject({ first: 0, above: 0 });
    expect(at(count * 36)).toMatchObject({ end: count, below: 0 });
    expect(at(count * 36).first).toBeLessThan(count - 16);
    expect(rowWindow({ count: 3, rowHeight: 36, scrollTop: 90_000, height: 600 })).toEqual({ first: 0, end: 3, above: 0, below: 0 });
    expect(rowWindow({ count: 0, rowHeight: 36, scrollTop: 0, height: 600 })).toEqual({ first: 0, end: 0, above: 0, below: 0 });
    expect(at(0, 0).end).toBeGreaterThanOrEqual(0);
  });

  test('are scrolled no further than to see one whole', () => {
    const view = { count, rowHeight: 36, scrollTop: 360, height: 400 };
    expect(scrollTopFor(5, view, 40)).toBe(180);
    expect(scrollTopFor(12, view, 40)).toBe(360);
    expect(scrollTopFor(19, view, 40)).toBe(360);
    expect(scrollTopFor(20, view, 40)).toBe(396);
  });
});

describe('order and filter', () => {
  test('figures by size, names with their numbers in order, the unknown last either way', () => {
    const all = [session('a', { latencyMs: 30 }), session('b', { latencyMs: null }), session('c', { latencyMs: 200 }), session('d', { latencyMs: -5 })];
    expect(ids(sorted(all, { column: column('latencyMs'), isDescending: false }))).toBe('d a c b');
    expect(ids(sorted(all, { column: column('latencyMs'), isDescending: true }))).toBe('c a d b');
    const named = [session('a', { rendition: '1080p' }), session('b', { rendition: '360p' }), session('c', { rendition: null }), session('d', { rendition: '720p' })];
    expect(ids(sorted(named, { column: column('rendition'), isDescending: false }))).toBe('b d a c');
    expect(ids(named)).toBe('a b c d');
  });

  test('equals stay as they came, both ways', () => {
    const all = ['c', 'a', 'b'].map((id) => session(id));
    for (const isDescending of [false, true]) expect(ids(sorted(all, { column: column('switches'), isDescending }))).toBe('c a b');
  });

  test('a second click turns it round', () => {
    const first = nextOrder({ column: column('id'), isDescending: false }, column('stalls'));
    expect(first).toEqual({ column: column('stalls'), isDescending: true });
    expect(nextOrder(first, column('stalls')).isDescending).toBe(false);
    expect(nextOrder(first, column('address')).isDescending).toBe(false);
  });

  test('the filter wants each word, in any column, and knows nothing of columns\' ends', () => {
    const all = [session('x1', { address: '10.0.0.7:5' }), session('x2', { transport: 'websocket', channel: null }), session('x3')];
    expect(ids(filtered(all, ''))).toBe('x1 x2 x3');
    expect(ids(filtered(all, ' WebSocket '))).toBe('x2');
    expect(ids(filtered(all, '720p tcp'))).toBe('x1 x3');
    expect(ids(filtered(all, 'tcp 10.0.0'))).toBe('x1');
    expect(filtered(all, 'x110')).toEqual([]);
  });

  test('ten thousand are sorted and filtered while one blinks', () => {
    const all = Array.from({ length: 10_000 }, (_, n) => session(`v${(n * 7_919) % 10_000}`, { address: `10.0.${n % 250}.${n % 7}:${n}` }));
    const begun = performance.now();
    const found = sorted(filtered(all, '10.0.'), { column: column('id'), isDescending: false });
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect([found.length, found[0]!.id, found[2]!.id, found.at(-1)!.id]).toEqual([10_000, 'v0', 'v2', 'v9999']);
  });
});

describe('the file of all viewers', () => {
  test('quotes as RFC 4180 has it', () => {
    expect(csvCell('plain')).toBe('plain');
    expect(csvCell('a,b')).toBe('"a,b"');
    expect(csvCell('say "x"')).toBe('"say ""x"""');
    expect(csvCell('two\nlines')).toBe('"two\nlines"');
    expect(csvCell('two\rlines')).toBe('"two\rlines"');
    expect(csvCell(null)).toBe('');
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', '=HYPERLINK("http://x.example","y")'])('%j is no formula', (text) => {
    expect(csvCell(text).replace(/^"/, '')).toMatch(/^'/);
  });

  test('numbers are left numbers', () => {
    expect(csvCell(-1.5)).toBe('-1.5');
    expect(csvCell(0)).toBe('0');
  });

  test('has a head and a line for each, also what is not known', () => {
    const lines = csvOf([session('a', { client: '=cmd|"/c calc"!A0', latencyMs: null }), session('b')]).split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^id,address,transport,client,/);
    expect(lines[1]).toContain(',"\'=cmd|""/c calc""!A0",');
    expect(lines[2]!.split(',')).toHaveLength(lines[0]!.split(',').length);
    expect(lines[3]).toBe('');
  });
});

describe('rates from counters', () => {
  test('are what was added, over the time between', () => {
    expect(rateOf({ at: 10, total: 100 }, { at: 12, total: 300 })).toBe(100);
    expect(rateOf({ at: 10, total: 100 }, { at: 12, total: 100 })).toBe(0);
  });

  test('are not known from one reading, nor over a counter that began anew, nor over a time too long or none', () => {
    expect(rateOf(null, { at: 1, total: 1 })).toBeNull();
    expect(rateOf({ at: 10, total: 100 }, { at: 12, total: 99 })).toBeNull();
    expect(rateOf({ at: 10, total: 100 }, { at: 10, total: 200 })).toBeNull();
    expect(rateOf({ at: 10, total: 100 }, { at: 100, total: 200 })).toBeNull();
  });

  const server = (uptimeSeconds: number, of: Partial<ServerFigures> = {}): ServerFigures =>
    ({ uptimeSeconds, sentBytes: uptimeSeconds * 125_000, cpuSeconds: uptimeSeconds, cores: 4, memoryBytes: 1, sessions: 3, channels: [], ...of });

  test('of a server are kept for ten minutes', () => {
    const history = new ServerHistory();
    expect(history.note(server(2))).toMatchObject({ egressBitsPerSecond: null, cpuShare: null });
    for (let at = 4; at <= 2_000; at += 2) history.note(server(at));
    expect(history.moments.at(-1)).toEqual({ at: 2_000, sessions: 3, egressBitsPerSecond: 1e6, cpuShare: 0.25 });
    expect(history.moments).toHaveLength(301);
  });

  test('of a look that follows at once are those of before: media is sent in bursts', () => {
    const history = new ServerHistory();
    for (const at of [2, 4]) history.note(server(at));
    expect(history.note(server(4.05, { sentBytes: 9e6 }))).toMatchObject({ at: 4, egressBitsPerSecond: 1e6 });
    expect(history.note(server(6)).egressBitsPerSecond).toBe(1e6);
    expect(history.moments).toHaveLength(3);
  });

  test('begin anew when the server does', () => {
    const history = new ServerHistory();
    for (const at of [100, 102]) history.note(server(at));
    expect(history.note(server(1)).egressBitsPerSecond).toBeNull();
    expect(history.moments).toHaveLength(1);
    expect(history.note(server(3)).egressBitsPerSecond).toBe(1e6);
  });
});

describe('what the server tells', () => {
  test('a session that says little is read, and one without a name is not', () => {
    const bare = { id: 'a', address: 'b', client: 'c', transport: 'tcp', joinedSeconds: 1.5, switches: 0, stalls: 0, stallMs: 0, dropped: 0 };
    const { count, sessions } = readSessions({ count: 7, sessions: [bare] });
    expect(count).toBe(7);
    expect(sessions[0]).toMatchObject({ id: 'a', channel: null, latencyMs: null, joinedSeconds: 1.5 });
    for (const each of columns) expect(each.text(sessions[0]!)).not.toBe('');
    expect(() => readSessions({ count: 1, sessions: [{ ...bare, id: null }] })).toThrow();
  });

  test('an encoder that stands and a fault that is none are null', () => {
    const rendition = { name: '720p', watched: true, ready: 0.5, encoderSpeed: null, fault: null };
    const read = readServer({
      uptimeSeconds: 1, sentBytes: 2, cpuSeconds: 3, cores: 2, memoryBytes: 4, sessions: 0, channels: [{ index: 0, name: 'a', viewers: 1, renditions: [rendition] }],
    });
    expect(read.channels[0]!.renditions[0]).toEqual(rendition);
  });

  test('decisions come newest first, the present before all, with numbers that JSON does not have', () => {
    const candidates = [{ rung: 0, name: '360p', bitsPerSecond: 5e5, value: '-Infinity' }, { rung: 1, name: '720p', bitsPerSecond: 2e6, notWeighed: 'withdrawn' }];
    const decision = (atSeconds: number, more = {}) => ({ atSeconds, decision: { rung: 0, previous: 1, reason: `at ${atSeconds}` }, candidates, ...more });
    const read = readDecisions({ decisions: [decision(1), decision(3), decision(2, { present: true })] });
    expect(read.map((each) => each.reason)).toEqual(['at 2', 'at 3', 'at 1']);
    expect(read[0]).toMatchObject({ isPresent: true, from: '720p', to: '360p' });
    expect(read[0]!.candidates.map((each) => [score(each.value), each.notWeighed])).toEqual([['−∞', null], ['–', 'withdrawn']]);
  });
});

test('figures are told with units that fit', () => {
  expect([0, 12_345, 999_600, 1.25e6, 2.5e9, null].map(bits)).toEqual(['0 kbit/s', '12 kbit/s', '1.0 Mbit/s', '1.3 Mbit/s', '2.50 Gbit/s', '–']);
  expect([0.004, 59.9, 61, 3_720, 90_000, -1].map(duration)).toEqual(['0 s', '59 s', '1 min 1 s', '1 h 2 min', '1 d 1 h', '0 s']);
  expect([bytes(2e8), bytes(3.21e9), share(0.256), share(0.004), share(0), share(null), seconds(0.2), seconds(12.34), milliseconds(9_999.6), milliseconds(200.4)])
    .toEqual(['200 MB', '3.21 GB', '26 %', '0.4 %', '0 %', '–', '0.20 s', '12.3 s', '10.0 s', '200 ms']);
});
