import { Gone, type AdminApi } from './api';
import { columns } from './columns';
import type { ConfirmDialog } from './confirm-dialog';
import { DecisionList } from './decision-list';
import { find, make, say } from './dom';
import type { SessionFigures } from './figures';
import { TimePlot } from './time-plot';
import { bits, seconds } from './units';

const KEPT_SECONDS = 1_800;

/** A phone has no room beside it, so nothing beside it is to be reached. */
const narrow = matchMedia('(max-width: 700px)');

interface Moment { readonly at: number; readonly figures: SessionFigures }

/** One viewer: how it stands, how it stood since this was opened, and why it gets what it gets. */
export class ViewerPanel {
  readonly #dialog = find<HTMLDialogElement>('#viewer');
  readonly #note = find('#viewer-note');
  readonly #api: AdminApi;
  readonly #confirm: ConfirmDialog;
  readonly #closed: (id: string) => void;
  readonly #failed: (error: unknown) => void;
  readonly #buffer: TimePlot;
  readonly #rate: TimePlot;
  readonly #facts = new Map<string, HTMLElement>();
  #decisions: DecisionList;
  #moments: Moment[] = [];
  #id: string | null = null;

  /** `closed` is told whose it was, `failed` of what the server refused. */
  constructor(api: AdminApi, confirm: ConfirmDialog, closed: (id: string) => void, failed: (error: unknown) => void) {
    this.#api = api;
    this.#confirm = confirm;
    this.#closed = closed;
    this.#failed = failed;
    this.#decisions = new DecisionList(find('#decisions'));
    this.#buffer = new TimePlot(find('#buffer-plot'), 'Buffer, s', [
      { label: 'Buffer', color: '--plot-1', least: 0.5, text: seconds },
      { label: 'Target', color: '--plot-2', least: 0.5, text: seconds },
    ]);
    const megabits = (value: number | null) => bits(value === null ? null : value * 1e6);
    this.#rate = new TimePlot(find('#rate-plot'), 'Rate, Mbit/s', [
      { label: 'Link', color: '--plot-1', least: 1, text: megabits },
      { label: 'Rung', color: '--plot-2', least: 1, text: megabits },
    ]);
    this.#listen();
  }

  /** Whose it is. */
  get id(): string | null {
    return this.#id;
  }

  open(id: string): void {
    this.#id = id;
    this.#moments = [];
    find('#decisions').replaceChildren();
    this.#decisions = new DecisionList(find('#decisions'));
    say(find('#viewer-title'), id);
    say(this.#note, '');
    this.#allowEnd(true);
    if (!this.#dialog.open) {
      if (narrow.matches) this.#dialog.showModal();
      else this.#dialog.show();
    }
    this.#dialog.scrollTop = 0;
    find('#viewer-title').focus();
  }

  close(): void {
    this.#dialog.close();
  }

  /** Takes down how it stands. `now`: the server's clock. Null: it is not among the viewers. */
  async note(figures: SessionFigures | null, now: number): Promise<void> {
    const id = this.#id;
    if (id === null) return;
    if (!figures) {
      this.#say('This viewer has left.', false);
      return;
    }
    this.#tell(figures);
    this.#moments = [...this.#moments.filter((moment) => now - moment.at <= KEPT_SECONDS), { at: now, figures }];
    this.#draw();
    try {
      const decisions = await this.#api.decisions(id);
      if (this.#id === id) this.#decisions.show(decisions, now);
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
    }
  }

  #draw(): void {
    const times = this.#moments.map((moment) => moment.at);
    const of = (value: (figures: SessionFigures) => number | null, unit = 1) =>
      this.#moments.map(({ figures }) => { const found = value(figures); return found === null ? null : found / unit; });
    this.#buffer.update(times, [of((figures) => figures.bufferSeconds), of((figures) => figures.targetSeconds)]);
    this.#rate.update(times, [of((figures) => figures.linkBitsPerSecond, 1e6), of((figures) => figures.bitsPerSecond, 1e6)]);
  }

  #tell(figures: SessionFigures): void {
    for (const column of columns.slice(1)) this.#fact(column.title, column.text(figures));
    this.#fact('Dropped', String(figures.dropped));
  }

  #fact(title: string, text: string): void {
    let value = this.#facts.get(title);
    if (!value) {
      value = make('dd');
      this.#facts.set(title, value);
      const pair = make('div');
      pair.append(make('dt', '', title), value);
      find('#viewer-facts').append(pair);
    }
    say(value, text);
  }

  #listen(): void {
    find('#viewer-close').addEventListener('click', () => this.close());
    this.#dialog.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !this.#confirm.isOpen) this.close();
    });
    this.#dialog.addEventListener('close', () => {
      const id = this.#id;
      this.#id = null;
      this.#confirm.close();
      if (id !== null) this.#closed(id);
    });
    find('#viewer-end').addEventListener('click', () => {
      const id = this.#id;
      if (id === null) return;
      this.#confirm.ask(
        { title: 'End this session?', text: `${id} is sent nothing more. Its player may come back by itself.`, action: 'End session' }, () => void this.#end(id));
    });
  }

  async #end(id: string): Promise<void> {
    try {
      await this.#api.end(id);
      if (this.#id === id) this.#say('You ended this session.', false);
    } catch (error) {
      if (this.#id === id) this.#say(error instanceof Gone ? 'This viewer has left.' : 'The session could not be ended.', !(error instanceof Gone));
      if (!(error instanceof Gone)) this.#failed(error);
    }
  }

  #say(text: string, mayEnd: boolean): void {
    if (!find<HTMLButtonElement>('#viewer-end').disabled || mayEnd) say(this.#note, text);
    this.#allowEnd(mayEnd);
  }

  #allowEnd(may: boolean): void {
    const button = find<HTMLButtonElement>('#viewer-end');
    if (!may && document.activeElement === button) find('#viewer-title').focus();
    button.disabled = !may;
  }
}
