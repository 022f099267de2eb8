import { find, say } from './dom';

/** What somebody is asked before it is done. */
export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button says that does it. */
  readonly action: string;
}

/** Asks before what cannot be taken back; Cancel has the focus. */
export class ConfirmDialog {
  readonly #dialog = find<HTMLDialogElement>('#confirm');
  #act: (() => void) | null = null;

  constructor() {
    find('#confirm-no').addEventListener('click', () => this.close());
    find('#confirm-yes').addEventListener('click', () => {
      const act = this.#act;
      this.close();
      act?.();
    });
  }

  get isOpen(): boolean {
    return this.#dialog.open;
  }

  ask({ title, text, action }: Question, act: () => void): void {
    this.#act = act;
    say(find('#confirm-title'), title);
    say(find('#confirm-who'), text);
    say(find('#confirm-yes'), action);
    this.#dialog.showModal();
  }

  close(): void {
    this.#act = null;
    if (this.#dialog.open) this.#dialog.close();
  }
}
