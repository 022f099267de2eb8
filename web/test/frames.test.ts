import { describe, expect, test } from 'vitest';
import { readConfiguration } from '../src/protocol/configuration';
import { crc32c } from '../src/protocol/crc32c';
import { readFrameHeader } from '../src/protocol/frame-header';
import { FrameReader } from '../src/protocol/frame-reader';
import { readMark } from '../src/protocol/mark';
import { fromHex, readVectors, seeded, toHex } from './vectors';

interface Named { name: string; hex: string }
interface FrameVector extends Named {
  header: Record<string, number | string>;
  mark?: Record<string, number | string>;
  configuration?: Record<string, number | string>;
}
interface StreamVector extends Named {
  frames: string[]; skippedBytes: number; resynchronisations: number; leftBytes: number; tracks?: string[];
}

const vectors = readVectors<{
  frames: FrameVector[]; headers: Named[]; refusedHeaders: Named[]; refusedMarks: Named[]; refusedConfigurations: Named[];
}>('frames.json');
const { streams } = readVectors<{ streams: StreamVector[] }>('streams.json');
const byName = new Map(vectors.frames.map((vector) => [vector.name, vector.hex]));

/** 64-bit numbers are strings in the vectors. */
const numbers = (values: object) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, /^-?\d+$/.test(String(value)) && key !== 'setup' ? Number(value) : value]));

test('the checksum is that of RFC 9260', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(0))).toBe(0);
});

describe('frames', () => {
  test.each(vectors.frames)('$name', ({ hex, header, mark, configuration }) => {
    const bytes = fromHex(hex);
    expect(readFrameHeader(bytes)).toEqual(numbers(header));
    const payload = bytes.subarray(44);
    if (mark) expect(readMark(payload)).toEqual(numbers(mark));
    if (configuration) {
      const read = readConfiguration(payload)!;
      expect({ ...read, setup: toHex(read.setup) }).toEqual(configuration);
    }
  });

  test.each(vectors.headers)('header $name is right', ({ hex }) => expect(readFrameHeader(fromHex(hex))).not.toBeNull());
  test.each(vectors.refusedHeaders)('header $name is refused', ({ hex }) => expect(readFrameHeader(fromHex(hex))).toBeNull());
  test.each(vectors.refusedMarks)('mark $name is refused', ({ hex }) => expect(readMark(fromHex(hex))).toBeNull());
  test.each(vectors.refusedConfigurations)('configuration $name is refused', ({ hex }) => expect(readConfiguration(fromHex(hex))).toBeNull());
});

describe('streams', () => {
  const split = (bytes: Uint8Array, size: () => number) => {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; ) {
      const end = at + size();
      pieces.push(bytes.slice(at, end));
      at = end;
    }
    return pieces;
  };

  const check = (vector: StreamVector, size: () => number) => {
    const reader = new FrameReader();
    const frames = split(fromHex(vector.hex), size).flatMap((piece) => reader.push(piece));
    expect(frames.map((frame) => toHex(frame.payload))).toEqual(vector.frames.map((name) => byName.get(name)!.slice(88)));
    expect(frames.map((frame) => frame.header)).toEqual(vector.frames.map((name) => readFrameHeader(fromHex(byName.get(name)!))));
    expect(reader).toMatchObject({
      skippedBytes: vector.skippedBytes,
      resynchronisations: vector.resynchronisations,
      leftBytes: vector.leftBytes,
    });
    if (vector.tracks) expect(frames.map((frame) => (frame.header.flags & 4 ? 'audio' : 'video'))).toEqual(vector.tracks);
  };

  test.each(streams)('$name whole', (vector) => check(vector, () => Infinity));
  test.each(streams)('$name byte by byte', (vector) => check(vector, () => 1));
  test.each(streams)('$name split at random', (vector) => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seeded(seed);
      check(vector, () => 1 + Math.floor(random() * 60));
    }
  });
});
