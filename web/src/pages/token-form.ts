/** Asks for the viewer token where the server wants one, and has the server keep it in a cookie that no script can read. */
export class TokenForm {
  readonly #section = document.querySelector<HTMLElement>('#access')!;
  readonly #token = document.querySelector<HTMLInputElement>('#token')!;
  readonly #fault = document.querySelector<HTMLElement>('#token-fault')!;

  /** `given`: a good token was given. */
  constructor(given: () => void) {
    document.querySelector<HTMLFormElement>('#access form')!.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#give(given);
    });
  }

  get isShown(): boolean {
    return !this.#section.hidden;
  }

  show(): void {
    if (this.isShown) return;
    this.#section.hidden = false;
    this.#token.focus();
  }

  async #give(given: () => void): Promise<void> {
    const token = this.#token.value.trim();
    if (token === '') return;
    const fault = await keep(token);
    this.#fault.textContent = fault ?? '';
    if (fault === null) {
      this.#token.value = '';
      this.#token.removeAttribute('aria-invalid');
      this.#section.hidden = true;
      given();
    } else {
      this.#token.setAttribute('aria-invalid', 'true');
      this.#token.focus();
    }
  }
}

/** Shows the server a token. What comes back is what is wrong with it; null: nothing. */
export async function keep(token: string): Promise<string | null> {
  try {
    const response = await fetch(new URL('api/viewer-token', new URL('./', location.href)), {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }),
    });
    if (response.ok) return null;
    return response.status === 401 ? 'That token is wrong, or its time is up.' : `The server answered with ${response.status}.`;
  } catch {
    return 'The server does not answer.';
  }
}
