import { columns, type Column } from './columns';
import { arrange, make, say } from './dom';
import type { SessionFigures } from './figures';
import { rowWindow, scrollTopFor, type View } from './row-window';
import { filtered, nextOrder, sorted, type Order } from './sorting';

/** As the style sheet has them, pixels. */
const ROW_HEIGHT = 36;
const HEAD_HEIGHT = 40;

interface Row {
  readonly element: HTMLTableRowElement;
  readonly opener: HTMLButtonElement;
  readonly cells: readonly HTMLElement[];
}

/** The table of viewers. Only rows that are seen are in the document, so that ten thousand cost what thirty do. */
export class ViewerTable {
  readonly #scroller: HTMLElement;
  readonly #table = make('table', 'viewers');
  readonly #body = make('tbody');
  readonly #above = spacer();
  readonly #below = spacer();
  readonly #heads = new Map<Column, HTMLElement>();
  readonly #open: (id: string) => void;
  #rows = new Map<string, Row>();
  #sessions: readonly SessionFigures[] = [];
  #shown: readonly SessionFigures[] = [];
  #order: Order = { column: columns.find(({ key }) => key === 'joinedSeconds')!, isDescending: false };
  #filter = '';
  #opened: string | null = null;
  #isDrawing = false;

  /** `scroller` is what it is seen through. `open` is told of viewers that were clicked. */
  constructor(scroller: HTMLElement, label: string, open: (id: string) => void) {
    this.#scroller = scroller;
    this.#open = open;
    this.#table.setAttribute('aria-label', label);
    this.#table.style.width = `${columns.reduce((sum, column) => sum + column.width, 0)}px`;
    this.#table.append(widths(), this.#head(), this.#body);
    scroller.append(this.#table);
    scroller.addEventListener('scroll', () => this.#drawSoon(), { passive: true });
    this.#body.addEventListener('keydown', (event) => this.#move(event));
    new ResizeObserver(() => this.#drawSoon()).observe(scroller);
    this.#tellOrder();
  }

  /** How many pass the filter. */
  get found(): number {
    return this.#shown.length;
  }

  set sessions(sessions: readonly SessionFigures[]) {
    this.#sessions = sessions;
    this.#choose();
  }

  set filter(text: string) {
    this.#filter = text;
    this.#choose();
  }

  /** The viewer whose panel is open. */
  set opened(id: string | null) {
    this.#opened = id;
    this.#draw();
  }

  /** Puts the focus on a viewer, as far as it is there. */
  focus(id: string): void {
    (this.#rows.get(id)?.opener ?? this.#scroller).focus({ preventScroll: true });
  }

  #choose(): void {
    this.#shown = sorted(filtered(this.#sessions, this.#filter), this.#order);
    this.#table.setAttribute('aria-rowcount', String(this.#shown.length + 1));
    this.#draw();
  }

  #drawSoon(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#draw();
    });
  }

  #view(): View {
    return { count: this.#shown.length, rowHeight: ROW_HEIGHT, scrollTop: this.#scroller.scrollTop, height: this.#scroller.clientHeight };
  }

  #draw(): void {
    const { first, end, above, below } = rowWindow(this.#view());
    const focused = document.activeElement;
    const before = this.#rows;
    this.#rows = new Map();
    const rows = this.#shown.slice(first, end).map((session, index) => {
      const row = before.get(session.id) ?? this.#row(session.id);
      this.#rows.set(session.id, row);
      this.#fill(row, session, first + index);
      return row.element;
    });
    resize(this.#above, above);
    resize(this.#below, below);
    arrange(this.#body, [this.#above, ...rows, this.#below]);
    if (focused && focused !== document.activeElement && before.size > 0) this.#refocus(focused);
  }

  /** A row that is moved loses the focus, and gets it back; where it is gone the table has it. */
  #refocus(focused: Element): void {
    ((focused.isConnected ? focused : this.#scroller) as HTMLElement).focus({ preventScroll: true });
  }

  #row(id: string): Row {
    const element = make('tr');
    const opener = make('button', 'opener');
    opener.type = 'button';
    const cells = columns.map((column, index) => {
      const cell = make('td', column.isNumber ? 'number' : '');
      if (index === 0) cell.append(opener);
      element.append(cell);
      return index === 0 ? opener : cell;
    });
    element.addEventListener('click', () => this.#open(id));
    return { element, opener, cells };
  }

  #fill({ element, opener, cells }: Row, session: SessionFigures, index: number): void {
    element.setAttribute('aria-rowindex', String(index + 2));
    element.classList.toggle('opened', session.id === this.#opened);
    opener.setAttribute('aria-expanded', String(session.id === this.#opened));
    columns.forEach((column, at) => {
      const text = column.text(session);
      say(cells[at]!, text);
      if (!column.isNumber && cells[at]!.title !== text) cells[at]!.title = text;
    });
  }

  #move(event: KeyboardEvent): void {
    const row = (event.target as Element).closest('tr');
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (!row || step === 0) return;
    event.preventDefault();
    const to = Number(row.getAttribute('aria-rowindex')) - 2 + step;
    const session = this.#shown[to];
    if (!session) return;
    this.#scroller.scrollTop = scrollTopFor(to, this.#view(), HEAD_HEIGHT);
    this.#draw();
    this.focus(session.id);
  }

  #head(): HTMLElement {
    const row = make('tr');
    row.setAttribute('aria-rowindex', '1');
    for (const column of columns) {
      const cell = make('th', column.isNumber ? 'number' : '');
      cell.scope = 'col';
      const sorter = make('button', 'sorter', column.title);
      sorter.type = 'button';
      sorter.addEventListener('click', () => {
        this.#order = nextOrder(this.#order, column);
        this.#tellOrder();
        this.#scroller.scrollTop = 0;
        this.#choose();
      });
      cell.append(sorter);
      row.append(cell);
      this.#heads.set(column, cell);
    }
    const head = make('thead');
    head.append(row);
    return head;
  }

  #tellOrder(): void {
    for (const [column, cell] of this.#heads) {
      if (column !== this.#order.column) cell.removeAttribute('aria-sort');
      else cell.setAttribute('aria-sort', this.#order.isDescending ? 'descending' : 'ascending');
    }
  }
}

function widths(): HTMLElement {
  const group = make('colgroup');
  for (const column of columns) {
    const each = make('col');
    each.style.width = `${column.width}px`;
    group.append(each);
  }
  return group;
}

/** Stands for rows that are not in the document. */
function spacer(): HTMLTableRowElement {
  const row = make('tr', 'spacer');
  row.setAttribute('aria-hidden', 'true');
  row.append(make('td'));
  row.firstElementChild!.setAttribute('colspan', String(columns.length));
  return row;
}

function resize(row: HTMLTableRowElement, height: number): void {
  row.hidden = height === 0;
  const text = `${height}px`;
  if (row.style.height !== text) row.style.height = text;
}
