/** What is seen of a long list. All in pixels but the count. */
export interface View {
  readonly count: number;
  readonly rowHeight: number;
  readonly scrollTop: number;
  readonly height: number;
}

/** The rows that are in the document, and the room that stands for those before and after. */
export interface RowWindow {
  readonly first: number;
  /** Behind the last. */
  readonly end: number;
  readonly above: number;
  readonly below: number;
}

/** Rows beyond each edge that are there already, so that scrolling shows no gap and the next one can have the focus. */
const BEYOND = 8;

export function rowWindow({ count, rowHeight, scrollTop, height }: View): RowWindow {
  const most = Math.max(0, count * rowHeight - height);
  const top = Math.min(Math.max(0, scrollTop), most);
  const first = Math.max(0, Math.floor(top / rowHeight) - BEYOND);
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + BEYOND);
  return { first, end, above: first * rowHeight, below: (count - end) * rowHeight };
}

/** Where to scroll to, to see a row whole under a head of that height. */
export function scrollTopFor(row: number, view: View, head: number): number {
  const top = row * view.rowHeight;
  if (top < view.scrollTop) return top;
  return Math.max(view.scrollTop, top + view.rowHeight - (view.height - head));
}
