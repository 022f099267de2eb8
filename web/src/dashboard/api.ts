import { readDecisions, type Decision } from './decisions';
import { Properties } from '../protocol/properties';
import { readServer, readSessions, type ServerFigures, type SessionList } from './figures';

const STORED_AS = 'knsock.adminToken';
const LONGEST_MS = 10_000;

/** It may take seconds to see what is in a file, and to end what encodes one. */
const LONGEST_CHANGE_MS = 60_000;

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

/** The server does not do what it was asked, and says why in its own words. */
export class Problem extends Error {
  override readonly name = 'Problem';
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

  /** Files of which channels can be made; null: the channels of this server stay as they are. To be asked when the server has answered already, for to others it refuses this in the same way. */
  async mediaFiles(): Promise<string[] | null> {
    const response = await this.#send('api/media', 'GET');
    if (response.status === 403) return null;
    return Properties.of(await (await this.#checked(response)).json()).list('files').filter((file) => typeof file === 'string');
  }

  /** Gives the name that it has got. */
  async addChannel(wanted: { readonly file: string; readonly name?: string; readonly title?: string }): Promise<string> {
    return Properties.of(await (await this.#ask('api/channels', 'POST', wanted)).json()).text('name');
  }

  async describeChannel(index: number, altered: { readonly name?: string; readonly title?: string }): Promise<void> {
    await this.#ask(`api/channels/${index}`, 'PATCH', altered);
  }

  async removeChannel(index: number): Promise<void> {
    await this.#ask(`api/channels/${index}`, 'DELETE');
  }

  async #json(path: string): Promise<unknown> {
    return (await this.#ask(path, 'GET')).json();
  }

  async #ask(path: string, method: string, body?: object): Promise<Response> {
    return this.#checked(await this.#send(path, method, body));
  }

  async #send(path: string, method: string, body?: object): Promise<Response> {
    const token = this.#token;
    // What is no token anywhere cannot even be sent.
    if (/[^\x21-\x7e]/.test(token)) this.#refuse(token, false);
    const headers = { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body ? { 'content-type': 'application/json' } : {}) };
    const signal = AbortSignal.timeout(path.startsWith('api/channels') ? LONGEST_CHANGE_MS : LONGEST_MS);
    return fetch(new URL(path, new URL('./', location.href)), { method, headers, cache: 'no-store', signal, ...(body ? { body: JSON.stringify(body) } : {}) });
  }

  async #checked(response: Response): Promise<Response> {
    if (response.status === 401 || response.status === 403) this.#refuse(this.#token, response.status === 403);
    if (response.ok) return response;
    const said = await problemOf(response);
    if (response.status === 404 && said === null) throw new Gone();
    throw said === null ? new Error(`the server answered with ${response.status}`) : new Problem(said);
  }

  /** A token that is wrong is forgotten, unless another was given while this one was asked with. */
  #refuse(token: string, isForbidden: boolean): never {
    if (this.#token === token) this.token = '';
    throw new Refused(token !== '', isForbidden);
  }
}

/** What the server says in a problem (RFC 9457); null: nothing. */
async function problemOf(response: Response): Promise<string | null> {
  if (!response.headers.get('content-type')?.includes('problem+json')) return null;
  try {
    return Properties.of(await response.json()).text('detail');
  } catch {
    return null;
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
