import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { concat } from '../src/media/boxes';
import { initSegment, mimeType } from '../src/media/init-segment';
import { mediaSegment, TIME_OFFSET_SECONDS, type TimedUnit } from '../src/media/media-segment';
import type { AudioConfiguration, VideoConfiguration } from '../src/protocol/configuration';
import { findBox, readRun } from './read-boxes';
import { makeSound, makePicture } from './elementary';
import { fromHex } from './vectors';

const avcC = '0164001fffe1001c6764001facd9405005bb016a02020280000003008000001e478c18cb01000668ebe3cb22c0';
const picture: VideoConfiguration = { kind: 'video', codec: 'avc1.64001f', width: 1280, height: 720, setup: fromHex(avcC) };
const sound: AudioConfiguration = { kind: 'audio', codec: 'mp4a.40.2', sampleRate: 48_000, channels: 2, setup: fromHex('1190') };
const unit = (dts: number, pts: number, isKeyframe = false, size = 5, duration = 33_333): TimedUnit =>
  ({ pts, dts, duration, isKeyframe, payload: new Uint8Array(size).fill(size) });

describe('the initialisation segment', () => {
  test('of the picture has its set-up and size', () => {
    const entry = findBox(initSegment(picture), 'moov.trak.mdia.minf.stbl.stsd.avc1');
    const view = new DataView(entry.buffer, entry.byteOffset);
    expect([view.getUint16(24), view.getUint16(26)]).toEqual([1280, 720]);
    expect(findBox(entry.subarray(78), 'avcC')).toEqual(picture.setup);
    expect(mimeType(picture)).toBe('video/mp4; codecs="avc1.64001f"');
  });

  test('of the sound has its AudioSpecificConfig', () => {
    const entry = findBox(initSegment(sound), 'moov.trak.mdia.minf.stbl.stsd.mp4a');
    const view = new DataView(entry.buffer, entry.byteOffset);
    expect([view.getUint16(16), view.getUint32(24) / 65_536]).toEqual([2, 48_000]);
    const esds = findBox(entry.subarray(28), 'esds');
    expect(esds.subarray(esds.length - 13, esds.length - 6)).toEqual(Uint8Array.of(5, 0x80, 0x80, 0x80, 2, 0x11, 0x90));
  });
});

describe('a media segment', () => {
  test('tells decode time, durations, sizes, flags and composition offsets, and where the bytes are', () => {
    const units = [unit(-66_667, 0, true, 7), unit(-33_333, 100_000, false, 3), unit(0, 33_333, false, 0)];
    const segment = mediaSegment(units, 9);
    const { decodeTime, dataOffset, samples } = readRun(segment);
    expect(decodeTime).toBe(TIME_OFFSET_SECONDS * 1e6 - 66_667);
    expect(samples).toEqual([
      { duration: 33_334, size: 7, isSync: true, offset: 66_667 },
      { duration: 33_333, size: 3, isSync: false, offset: 133_333 },
      { duration: 33_333, size: 0, isSync: false, offset: 33_333 },
    ]);
    expect(Array.from(segment.subarray(dataOffset))).toEqual([7, 7, 7, 7, 7, 7, 7, 3, 3, 3]);
    expect(findBox(segment, 'mdat')).toHaveLength(10);
  });

  test('holds decode times beyond 32 bits: a broadcast that has run for a year', () => {
    const year = 365 * 86_400 * 1e6;
    expect(readRun(mediaSegment([unit(year, year + 1, true)], 1)).decodeTime).toBe(year + TIME_OFFSET_SECONDS * 1e6);
  });

  test('gives the last unit of a turn of the sound its own, shorter duration', () => {
    const { samples } = readRun(mediaSegment([unit(0, 0, true, 4, 21_333), unit(21_333, 21_333, true, 4, 10_667)], 1));
    expect(samples.map((sample) => sample.duration)).toEqual([21_333, 10_667]);
  });
});

describe('ffmpeg plays what is put together', () => {
  let folder = '';
  beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'knsock-segments-')); });
  afterAll(() => rmSync(folder, { recursive: true }));

  const check = (name: string, file: Uint8Array, frames: number) => {
    const path = join(folder, name);
    writeFileSync(path, file);
    execFileSync('ffmpeg', ['-v', 'error', '-xerror', '-i', path, '-f', 'null', '-']);
    const counted = execFileSync('ffprobe', ['-v', 'error', '-count_frames', '-show_entries', 'stream=nb_read_frames', '-of', 'csv=p=0', path], { encoding: 'utf8' });
    expect(Number.parseInt(counted, 10)).toBe(frames);
  };
  const file = (init: Uint8Array, units: readonly TimedUnit[]) =>
    concat([init, mediaSegment(units.slice(0, 20), 1), mediaSegment(units.slice(20), 2)]);

  test('picture', () => {
    const { configuration, units } = makePicture(folder);
    check('picture.mp4', file(initSegment(configuration), units), 50);
  });

  test('sound', () => {
    const { configuration, units } = makeSound(folder);
    check('sound.mp4', file(initSegment(configuration), units), units.length);
  });
});
