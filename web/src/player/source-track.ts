import { TIME_OFFSET_SECONDS, mediaSegment } from '../media/media-segment';
import { initSegment, mimeType } from '../media/init-segment';
import type { Configuration } from '../protocol/configuration';
import type { RoutedUnit } from '../session/track-router';
import { takeRun, type QueueEntry } from './unit-queue';

/** What has been played stays for so long, for a small step back and since browsers want the GOP that is being played whole. */
const KEPT_BEHIND_SECONDS = 10;
const KEPT_WHEN_FULL_SECONDS = 1;

/** Removing costs a turn of the queue, so it is done when a few seconds have come together. */
const REMOVED_AT_ONCE_SECONDS = 5;

const SAMPLES_PER_UNIT = 1_024;

/** One SourceBuffer and what waits for it. A SourceBuffer does one thing at a time, and what comes meanwhile is put into one segment. */
export class SourceTrack {
  /** Bytes of payload that wait. */
  queuedBytes = 0;

  readonly #buffer: SourceBuffer;
  #soundUnit = 0;
  readonly #position: () => number;
  readonly #queue: QueueEntry[] = [];
  #removals: (readonly [number, number])[] = [];
  #type: string;
  #fragment = 0;
  /** There was no room for what is next; it is tried again when what was played has been taken away. */
  #isFull = false;

  /** `position`: that of playout, seconds. `onUpdated`: something is done; {@link work} is to be called. */
  constructor(source: MediaSource, configuration: Configuration, position: () => number, onUpdated: () => void) {
    this.#type = mimeType(configuration);
    this.#position = position;
    this.#buffer = source.addSourceBuffer(this.#type);
    this.#buffer.timestampOffset = -TIME_OFFSET_SECONDS;
    this.#buffer.addEventListener('updateend', onUpdated);
  }

  /** What lies ready. */
  get buffered(): TimeRanges {
    return this.#buffer.buffered;
  }

  configure(configuration: Configuration): void {
    this.#queue.push({ configuration });
    this.work();
  }

  append(unit: RoutedUnit): void {
    this.#queue.push({ unit });
    this.queuedBytes += unit.payload.length;
    this.work();
  }

  /** Throws away what lies ready and what waits, but for set-ups. */
  clear(): void {
    const configurations = this.#queue.filter((entry) => entry.configuration);
    this.#queue.splice(0, this.#queue.length, ...configurations);
    this.queuedBytes = 0;
    this.#removals = [[0, Infinity]];
    this.work();
  }

  /** Takes away what was played, and tries again what there was no room for. */
  tidy(): void {
    const { buffered } = this.#buffer;
    const end = this.#position() - (this.#isFull ? KEPT_WHEN_FULL_SECONDS : KEPT_BEHIND_SECONDS);
    const start = buffered.length > 0 ? buffered.start(0) : end;
    if (this.#removals.length === 0 && end > 0 && end - start > (this.#isFull ? 0 : REMOVED_AT_ONCE_SECONDS)) this.#removals.push([0, end]);
    this.#isFull = false;
    this.work();
  }

  /** Does what is next, if there is anything to do. Throws when the browser has closed the source. */
  work(): void {
    if (this.#buffer.updating || this.#isFull) return;
    const removal = this.#removals.shift();
    if (removal) {
      this.#buffer.remove(...removal);
      return;
    }
    const first = this.#queue[0];
    if (!first) return;
    if (!first.configuration) this.#appendRun();
    else if (this.#appendSetup(first.configuration)) this.#queue.shift();
  }

  #appendSetup(configuration: Configuration): boolean {
    const type = mimeType(configuration);
    // Where there is no changeType a SourceBuffer takes any level and profile that its first type stood for, as a rule.
    if (type !== this.#type && 'changeType' in this.#buffer) this.#buffer.changeType(type);
    this.#type = type;
    this.#soundUnit = configuration.kind === 'audio' ? Math.round((SAMPLES_PER_UNIT * 1e6) / configuration.sampleRate) : 0;
    return this.#append(initSegment(configuration));
  }

  #appendRun(): void {
    const run = takeRun(this.#queue, this.#soundUnit);
    if (!this.#append(mediaSegment(run, ++this.#fragment))) return;
    this.#queue.splice(0, run.length);
    for (const { payload } of run) this.queuedBytes -= payload.length;
  }

  /** False: there is no room at present. */
  #append(bytes: Uint8Array): boolean {
    try {
      this.#buffer.appendBuffer(bytes as BufferSource);
      return true;
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') throw error;
      this.#isFull = true;
      return false;
    }
  }
}
