import { crc32c } from './crc32c';
import { HEADER_SIZE, readFrameHeader, type Frame } from './frame-header';

const NOTHING = new Uint8Array(0);
const K = 0x4b;
const N = 0x4e;
const S = 0x53;

/**
 * Finds frames in a stream of bytes, and finds back after damage, as in "Finding back after damage" of PROTOCOL.md. How the bytes are
 * split makes no difference.
 */
export class FrameReader {
  /** Bytes passed over so far. */
  skippedBytes = 0;

  /** Stretches of bytes passed over between whole frames. */
  resynchronisations = 0;

  /** Payload that has failed its checksum since the last whole frame, bytes. Above 64 MiB the connection is not worth keeping. */
  failedBytes = 0;

  #buffer: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  #isSkipping = false;

  /** Whether the buffer is ours to write to. */
  #isOwn = false;

  /** Bytes held because what they begin is not whole yet. */
  get leftBytes(): number {
    return this.#end - this.#start;
  }

  /** Takes the next bytes, which must not be written to again, and gives out the frames that they complete. */
  push(bytes: Uint8Array): Frame[] {
    this.#append(bytes);
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame);
    if (this.#start === this.#end) this.#use(NOTHING, 0);
    return frames;
  }

  /**
   * Where nothing is held the bytes are read where they are. Payloads given out stay valid, since a buffer is only ever written behind
   * them.
   */
  #append(bytes: Uint8Array): void {
    const held = this.leftBytes;
    if (held === 0) {
      this.#use(bytes, bytes.length);
      return;
    }
    if (!this.#isOwn || this.#end + bytes.length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(4096, 2 * (held + bytes.length)));
      larger.set(this.#buffer.subarray(this.#start, this.#end));
      this.#use(larger, held);
      this.#isOwn = true;
    }
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  #use(buffer: Uint8Array, end: number): void {
    this.#buffer = buffer;
    this.#start = 0;
    this.#end = end;
    this.#isOwn = false;
  }

  #next(): Frame | null {
    for (;;) {
      this.#skipToMagic();
      if (this.leftBytes < HEADER_SIZE) return null;
      const header = readFrameHeader(this.#buffer.subarray(this.#start, this.#start + HEADER_SIZE));
      if (header) {
        const from = this.#start + HEADER_SIZE;
        if (this.#end - from < header.length) return null;
        const payload = this.#buffer.subarray(from, from + header.length);
        if (crc32c(payload) === header.payloadChecksum) {
          this.#start = from + header.length;
          this.#isSkipping = false;
          this.failedBytes = 0;
          return { header, payload };
        }
        this.failedBytes += header.length;
      }
      this.#skip(1);
    }
  }

  #skipToMagic(): void {
    const at = this.#findMagic();
    if (at > this.#start) this.#skip(at - this.#start);
  }

  /** Where the next magic begins, or the rest at the end that may be the start of one. */
  #findMagic(): number {
    const bytes = this.#buffer;
    for (let at = this.#start; ; at++) {
      at = bytes.indexOf(K, at);
      if (at < 0 || at >= this.#end) return this.#end;
      const left = this.#end - at;
      if (
        (left < 2 || bytes[at + 1] === N) &&
        (left < 3 || bytes[at + 2] === S) &&
        (left < 4 || bytes[at + 3] === K)
      ) {
        return at;
      }
    }
  }

  #skip(count: number): void {
    if (!this.#isSkipping) this.resynchronisations++;
    this.#isSkipping = true;
    this.skippedBytes += count;
    this.#start += count;
  }
}
