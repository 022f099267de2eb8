import { readConfiguration, type Configuration } from '../protocol/configuration';
import { FrameFlag, FrameKind, type Frame } from '../protocol/frame-header';
import { readMark, type Mark } from '../protocol/mark';
import type { TimedUnit } from '../media/media-segment';

/** What comes out of a track, in order. */
export type TrackEvent =
  /** The units behind it need this set-up. */
  | { readonly kind: 'configuration'; readonly configuration: Configuration; readonly rendition: number }
  | { readonly kind: 'unit'; readonly unit: RoutedUnit };

/** An access unit, and how it stands to the one before it. */
export interface RoutedUnit extends TimedUnit {
  readonly rendition: number;
  /** It begins a turn. */
  readonly isTurnStart: boolean;
  /** It does not continue the unit before it: a selection begins, frames were lost or passed over, or a GOP is begun again. */
  readonly isBreak: boolean;
}

/** What went wrong on a track since the selection began. */
export interface TrackFaults {
  /** Units that are known to be missing. */
  lost: number;
  /** Units that came and could not be used, since what they refer to was lost. */
  useless: number;
  /** Marks and configurations that are malformed although their checksums are right. */
  malformed: number;
}

/** Turn starts are rounded to a microsecond each. */
const ROUNDING = 2;

/**
 * Follows the frames of one track: takes those of the wanted selection, puts them on the viewer's timeline, and passes over what cannot
 * be decoded (rules 1 to 9 of "Order" in PROTOCOL.md). Holds no clock.
 */
export class TrackRouter {
  readonly faults: TrackFaults = { lost: 0, useless: 0, malformed: 0 };

  /** The last mark of the wanted selection. */
  mark: Mark | null = null;

  readonly #isVideo: boolean;
  #selection = 0;
  #turnDuration = 0;
  #rendition = 0;
  #setup: Configuration | null = null;
  /** What the rule about lost marks adds to the mark's turn start, microseconds. */
  #turnShift = 0;
  #isDropping = true;
  #needsKeyframe = true;
  #needsSetup = true;
  #isBreak = true;
  #isNewTurn = false;
  #last: { sequence: number; pts: number; rendition: number } | null = null;

  constructor(track: 'video' | 'audio') {
    this.#isVideo = track === 'video';
  }

  /** From now on the frames of this selection are wanted. `turnSeconds`: length of the channel's loop. */
  select(selection: number, turnSeconds: number): void {
    this.#selection = selection;
    this.#turnDuration = turnSeconds * 1e6;
    this.#isDropping = true;
    this.mark = null;
    Object.assign(this.faults, { lost: 0, useless: 0, malformed: 0 });
    this.#begin();
  }

  /** Takes the next frame of this track. */
  accept(frame: Frame): TrackEvent | null {
    switch (frame.header.kind) {
      case FrameKind.mark:
        this.#onMark(frame);
        return null;
      case FrameKind.configuration:
        return this.#isDropping ? null : this.#onConfiguration(frame);
      case FrameKind.accessUnit:
        return this.#isDropping ? null : this.#onUnit(frame);
      default:
        return null;
    }
  }

  #begin(): void {
    this.#last = null;
    this.#isNewTurn = false;
    this.#needsKeyframe = true;
    this.#isBreak = true;
  }

  #onMark({ header, payload }: Frame): void {
    const mark = readMark(payload);
    if (!mark) {
      this.faults.malformed++;
      return;
    }
    this.#isDropping = mark.selection !== this.#selection;
    if (this.#isDropping) return;
    const before = this.mark;
    if (!before || header.flags & FrameFlag.discontinuity) this.#begin();
    else this.#isNewTurn ||= Math.abs(mark.turnStart - before.turnStart - this.#turnShift) > ROUNDING;
    this.#turnShift = 0;
    this.#needsSetup ||= !before || header.rendition !== this.#rendition;
    this.#rendition = header.rendition;
    this.mark = mark;
  }

  #onConfiguration({ header, payload }: Frame): TrackEvent | null {
    const configuration = readConfiguration(payload);
    if (!configuration || (configuration.kind === 'video') !== this.#isVideo) {
      this.faults.malformed++;
      return null;
    }
    this.#needsSetup = false;
    // Behind a configuration the next picture is a keyframe; one that is not says that the keyframe was lost.
    this.#needsKeyframe = true;
    if (this.#setup && isSame(this.#setup, configuration)) return null;
    this.#setup = configuration;
    return { kind: 'configuration', configuration, rendition: header.rendition };
  }

  /** The set-up given out last does not count any more: the decoder is a new one. */
  forgetSetup(): void {
    this.#setup = null;
    this.#needsSetup = true;
    this.#begin();
  }

  #onUnit({ header, payload }: Frame): TrackEvent | null {
    const isKeyframe = (header.flags & FrameFlag.keyframe) !== 0;
    if (!this.#follows(header.sequence, header.pts, isKeyframe)) return null;
    if (this.#needsSetup || (this.#needsKeyframe && !isKeyframe)) {
      this.faults.useless++;
      return null;
    }
    const start = this.mark!.turnStart + this.#turnShift;
    const unit: RoutedUnit = {
      pts: start + header.pts,
      dts: start + header.dts,
      duration: header.duration,
      isKeyframe,
      payload,
      rendition: this.#rendition,
      isTurnStart: header.sequence === 0,
      isBreak: this.#isBreak,
    };
    this.#needsKeyframe = false;
    this.#isBreak = false;
    return { kind: 'unit', unit };
  }

  /** Goes on with the numbering. False: the unit was there before. */
  #follows(sequence: number, pts: number, isKeyframe: boolean): boolean {
    const last = this.#last;
    if (last) {
      if (!this.#isNewTurn && sequence <= last.sequence) {
        if (this.#turnDuration > 0 && last.pts - pts > this.#turnDuration / 2) {
          // The mark of a new turn was lost.
          this.#turnShift += this.#turnDuration;
          this.#onLost(sequence);
        } else if (this.#isVideo && isKeyframe && this.#rendition !== last.rendition) {
          this.#isBreak = true;
        } else {
          return false;
        }
      } else {
        this.#onLost(sequence - (this.#isNewTurn ? 0 : last.sequence + 1));
      }
    }
    this.#isNewTurn = false;
    this.#last = { sequence, pts, rendition: this.#rendition };
    return true;
  }

  /** A picture whose references are missing must not be shown; sound goes on behind the gap. */
  #onLost(units: number): void {
    if (units <= 0) return;
    this.faults.lost += units;
    this.#isBreak = true;
    this.#needsKeyframe = true;
  }
}

function isSame(one: Configuration, other: Configuration): boolean {
  const text = ({ setup, ...rest }: Configuration) => `${JSON.stringify(rest)}${setup.join()}`;
  return text(one) === text(other);
}
