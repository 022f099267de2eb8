/** Pictures that an element has shown and dropped since a moment of one's choice. */
export class PictureCounts {
  readonly #element: HTMLVideoElement;
  #before = { total: 0, dropped: 0 };

  constructor(element: HTMLVideoElement) {
    this.#element = element;
  }

  reset(): void {
    this.#before = this.#count();
  }

  get presented(): number {
    const { total, dropped } = this.#since();
    return Math.max(0, total - dropped);
  }

  get dropped(): number {
    return this.#since().dropped;
  }

  #since() {
    const now = this.#count();
    // A new source counts from 0 again.
    if (now.total < this.#before.total) this.#before = { total: 0, dropped: 0 };
    return { total: now.total - this.#before.total, dropped: Math.max(0, now.dropped - this.#before.dropped) };
  }

  #count() {
    const quality = this.#element.getVideoPlaybackQuality();
    return { total: quality.totalVideoFrames, dropped: quality.droppedVideoFrames };
  }
}
