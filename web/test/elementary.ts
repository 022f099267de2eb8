import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { concat, u16, u32 } from '../src/media/boxes';
import type { TimedUnit } from '../src/media/media-segment';
import type { AudioConfiguration, VideoConfiguration } from '../src/protocol/configuration';

const encode = (...options: string[]) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...options]);

/** Two seconds of H.264 at 25 frames a second, encoded by ffmpeg and cut at its access unit delimiters. */
export function makePicture(folder: string): { configuration: VideoConfiguration; units: TimedUnit[] } {
  const path = join(folder, 'picture.h264');
  encode('-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25', '-t', '2', '-c:v', 'libx264', '-bf', '0', '-g', '25', '-x264-params', 'aud=1', path);
  const nals = splitNals(readFileSync(path));
  const ofType = (type: number) => nals.find((nal) => (nal[0]! & 31) === type)!;
  const [sps, pps] = [ofType(7), ofType(8)];
  const setup = concat([[1, sps[1]!, sps[2]!, sps[3]!, 0xff, 0xe1], u16(sps.length), sps, [1], u16(pps.length), pps]);
  const units: Uint8Array[][] = [];
  for (const nal of nals) {
    const type = nal[0]! & 31;
    if (type === 9) units.push([]);
    else if (type !== 7 && type !== 8) units.at(-1)!.push(nal);
  }
  return {
    configuration: { kind: 'video', codec: 'avc1.64001f', width: 320, height: 180, setup },
    units: units.map((nalsOfUnit, index) => ({
      pts: index * 40_000, dts: index * 40_000, duration: 40_000,
      isKeyframe: nalsOfUnit.some((nal) => (nal[0]! & 31) === 5),
      payload: concat(nalsOfUnit.flatMap((nal) => [u32(nal.length), nal])),
    })),
  };
}

/** A second of AAC, encoded by ffmpeg. */
export function makeSound(folder: string): { configuration: AudioConfiguration; units: TimedUnit[] } {
  const path = join(folder, 'sound.aac');
  encode('-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000', '-t', '1', '-ac', '2', '-c:a', 'aac', path);
  const bytes = readFileSync(path);
  const units: TimedUnit[] = [];
  for (let at = 0; at + 7 <= bytes.length; ) {
    const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >>> 5);
    const start = Math.round((units.length * 1024 * 1e6) / 48_000);
    units.push({ pts: start, dts: start, duration: 21_333, isKeyframe: true, payload: bytes.subarray(at + 7, at + length) });
    at += length;
  }
  return { configuration: { kind: 'audio', codec: 'mp4a.40.2', sampleRate: 48_000, channels: 2, setup: Uint8Array.of(0x11, 0x90) }, units };
}

function splitNals(bytes: Uint8Array): Uint8Array[] {
  const starts: number[] = [];
  for (let at = 0; at + 3 <= bytes.length; at++) if (bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 1) starts.push(at + 3);
  return starts.map((start, index) => {
    let end = index + 1 < starts.length ? starts[index + 1]! - 3 : bytes.length;
    while (end > start && bytes[end - 1] === 0) end--;
    return bytes.subarray(start, end);
  });
}
