import { readTime } from './frame-header';

const MARK_SIZE = 32;

/** What differs from viewer to viewer for the frames behind it. Times are microseconds. */
export interface Mark {
  /** Number of the client's selection that the frames answer. */
  readonly selection: number;
  /** Position on the viewer's timeline at which the present turn begins. */
  readonly turnStart: number;
  /** The server's clock when the mark was sent, from any zero. */
  readonly sendTime: number;
  /** Position on the viewer's timeline that the broadcast had at the send time. */
  readonly liveEdge: number;
}

/** Reads a mark's payload; bytes behind the known ones are left alone. Null: it is malformed. */
export function readMark(payload: Uint8Array): Mark | null {
  if (payload.length < MARK_SIZE) return null;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const turnStart = readTime(view, 8);
  const sendTime = readTime(view, 16);
  const liveEdge = readTime(view, 24);
  if (turnStart === null || sendTime === null || liveEdge === null) return null;
  return { selection: view.getUint32(0), turnStart, sendTime, liveEdge };
}
