/** So many pictures are judged by. */
const KEPT = 15;

/**
 * How far the picture is from the sound, by what the browser says of pictures that it shows: an element's time follows its sound, and each picture has the time at which it is expected on the
 * display. Looks at one picture a call, so it costs nothing that counts.
 */
export class PictureSkew {
  readonly #element: HTMLVideoElement;
  #skews: number[] = [];
  #isWaiting = false;

  constructor(element: HTMLVideoElement) {
    this.#element = element;
  }

  /** Milliseconds by which pictures are ahead of the sound of late, negative: behind it; null: not known. Half a picture behind is in step, for a picture lasts. */
  get ms(): number | null {
    if (this.#skews.length < KEPT / 3) return null;
    const sorted = [...this.#skews].sort((a, b) => a - b);
    return sorted[sorted.length >> 1]!;
  }

  reset(): void {
    this.#skews = [];
  }

  /** Looks at the next picture. */
  look(): void {
    const element = this.#element;
    if (this.#isWaiting || element.paused || !element.requestVideoFrameCallback) return;
    this.#isWaiting = true;
    element.requestVideoFrameCallback((now, { mediaTime, expectedDisplayTime }) => {
      this.#isWaiting = false;
      if (element.paused || element.seeking) return;
      this.#skews.push(skewMs(mediaTime, element.currentTime, (expectedDisplayTime - now) / 1_000, element.playbackRate));
      if (this.#skews.length > KEPT) this.#skews.shift();
    });
  }
}

/** Milliseconds that a picture is ahead of the sound. Seconds: the picture's time, the sound's, the time until the picture is on the display. */
export function skewMs(picture: number, sound: number, until: number, rate: number): number {
  return (picture - (sound + until * rate)) * 1_000;
}
