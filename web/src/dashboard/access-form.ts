import type { Refused } from './api';
import { find, say } from './dom';

/** Asks for the admin token where the server wants one. */
export class AccessForm {
  readonly #section = find('#access');
  readonly #token = find<HTMLInputElement>('#token');
  readonly #fault = find('#token-fault');

  /** `given` gets the token. */
  constructor(given: (token: string) => void) {
    find<HTMLFormElement>('#access form').addEventListener('submit', (event) => {
      event.preventDefault();
      const token = this.#token.value.trim();
      if (token === '') return;
      this.#token.value = '';
      given(token);
    });
  }

  get isShown(): boolean {
    return !this.#section.hidden;
  }

  show(refused: Refused): void {
    say(this.#fault, refused.isForbidden ? 'This server has no admin token: it shows its viewers to its own machine only.'
      : refused.hadToken ? 'That token is wrong.' : '');
    if (refused.hadToken) this.#token.setAttribute('aria-invalid', 'true');
    this.#section.hidden = false;
    this.#token.focus();
  }

  hide(): void {
    this.#section.hidden = true;
    this.#token.removeAttribute('aria-invalid');
    say(this.#fault, '');
  }
}
