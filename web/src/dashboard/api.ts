import { readDecisions, type Decision } from './decisions';
import { readServer, readSessions, type ServerFigures, type SessionList } from './figures';

const STORED_AS = 'knsock.adminToken';
const LONGEST_MS = 10_000;
const MOST_SESSIONS = 10_000;

/** The server wants the admin token, or another one. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(readonly hadToken: boolean, readonly isForbidden: boolean) {
    super('the server wants the admin token');
  }
}

/** The session is not there any more. */
export class Gone extends Error {
  override readonly name = 'Gone';
}

/** The server's API as an administrator asks it. */
export class AdminApi {
  #token = stored();

  /** A token for this tab. */
  set token(token: string) {
    this.#token = token;
    remember(token);
  }

  async server(): Promise<ServerFigures> {
    return readServer(await this.#json('api/server'));
  }

  async sessions(): Promise<SessionList> {
    return readSessions(await this.#json(`api/sessions?limit=${MOST_SESSIONS}`));
  }

  async decisions(id: string): Promise<Decision[]> {
    return readDecisions(await this.#json(`api/sessions/${encodeURIComponent(id)}/decisions`));
  }

  async end(id: string): Promise<void> {
    await this.#ask(`api/sessions/${encodeURIComponent(id)}`, 'DELETE');
  }

  async #json(path: string): Promise<unknown> {
    return (await this.#ask(path, 'GET')).json();
  }

  async #ask(path: string, method: string): Promise<Response> {
    const token = this.#token;
    // What is no token anywhere cannot even be sent.
    if (/[^\x21-\x7e]/.test(token)) this.#refuse(token, false);
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    const address = new URL(path, new URL('./', location.href));
    const response = await fetch(address, { method, headers, cache: 'no-store', signal: AbortSignal.timeout(LONGEST_MS) });
    if (response.status === 401 || response.status === 403) this.#refuse(token, response.status === 403);
    if (response.status === 404) throw new Gone();
    if (!response.ok) throw new Error(`the server answered with ${response.status}`);
    return response;
  }

  /** A token that is wrong is forgotten, unless another was given while this one was asked with. */
  #refuse(token: string, isForbidden: boolean): never {
    if (this.#token === token) this.token = '';
    throw new Refused(token !== '', isForbidden);
  }
}

/** A browser may keep pages from storing anything. */
function stored(): string {
  try {
    return sessionStorage.getItem(STORED_AS) ?? '';
  } catch {
    return '';
  }
}

function remember(token: string): void {
  try {
    if (token) sessionStorage.setItem(STORED_AS, token);
    else sessionStorage.removeItem(STORED_AS);
  } catch {
    // It holds for this page then.
  }
}
