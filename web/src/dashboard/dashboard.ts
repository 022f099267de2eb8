import { AccessForm } from './access-form';
import { AdminApi, Refused } from './api';
import { ChannelEditor } from './channel-editor';
import { ChannelView } from './channel-view';
import { ConfirmDialog } from './confirm-dialog';
import { csvOf } from './csv';
import { find, make, say } from './dom';
import type { SessionList } from './figures';
import { ServerView } from './server-view';
import { ViewerPanel } from './viewer-panel';
import { ViewerTable } from './viewer-table';

const BETWEEN_MS = 2_000;

/** Of the time, what is spent on asking and showing is one part in so many at most. */
const SPARED = 4;

const api = new AdminApi();
const status = find('#status');
const figures = find('#figures');
const count = find('#count');
const server = new ServerView();
const confirm = new ConfirmDialog();
const editor = new ChannelEditor(api, confirm, () => void poll(), failed);
const channels = new ChannelView(find('#channels'), editor);
const panel = new ViewerPanel(api, confirm, (id) => {
  table.opened = null;
  table.focus(id);
}, failed);
const viewers = find('#viewers');
const table = new ViewerTable(viewers, 'Viewers', open);
const access = new AccessForm((token) => {
  api.token = token;
  say(status, 'Asking the server…');
  void poll();
});

let list: SessionList = { count: 0, sessions: [] };
let next: ReturnType<typeof setTimeout> | undefined;
let isPolling = false;

/** Whether channels can be changed; null: not known yet. */
let isChangeable: boolean | null = null;

function open(id: string): void {
  // The panel takes its room from what lies above, too; who has clicked a row is to find it where it was.
  const top = viewers.getBoundingClientRect().top;
  panel.open(id);
  scrollBy(0, viewers.getBoundingClientRect().top - top);
  table.opened = id;
  void poll();
}

function failed(error: unknown): void {
  if (error instanceof Refused) {
    panel.close();
    figures.hidden = true;
    say(status, '');
    access.show(error);
    return;
  }
  say(status, 'The server does not answer; it is asked again.');
}

/** Asks for all, shows it, and sees to it that this is done again; not while nobody looks. */
async function poll(): Promise<void> {
  if (isPolling || document.hidden) return;
  isPolling = true;
  clearTimeout(next);
  const begun = performance.now();
  let isRefused = false;
  try {
    await refresh();
  } catch (error) {
    isRefused = error instanceof Refused;
    failed(error);
  }
  isPolling = false;
  if (!isRefused) next = setTimeout(() => void poll(), Math.max(BETWEEN_MS, (performance.now() - begun) * SPARED));
}

async function refresh(): Promise<void> {
  // One after the other: where a token is wanted, one refusal is enough.
  const state = await api.server();
  list = await api.sessions();
  access.hide();
  figures.hidden = false;
  say(status, '');
  isChangeable ??= (await api.mediaFiles()) !== null;
  editor.isAllowed = isChangeable;
  editor.channels = state.channels;
  server.show(state);
  channels.show(state.channels, isChangeable);
  table.sessions = list.sessions;
  tellCount();
  await panel.note(list.sessions.find((session) => session.id === panel.id) ?? null, state.uptimeSeconds);
}

function tellCount(): void {
  const [found, listed, all] = [table.found, list.sessions.length, list.count].map((each) => each.toLocaleString('en'));
  const newest = listed === all ? all : `the newest ${listed} of ${all}`;
  say(count, found === listed ? newest! : `${found} of ${newest}`);
}

/** All that came with the last answer, also what the filter hides. */
function save(): void {
  const link = make('a');
  link.href = URL.createObjectURL(new Blob([csvOf(list.sessions)], { type: 'text/csv;charset=utf-8' }));
  link.download = `knsock-viewers-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}

find<HTMLInputElement>('#filter').addEventListener('input', (event) => {
  table.filter = (event.target as HTMLInputElement).value;
  tellCount();
});
find('#save').addEventListener('click', save);
document.addEventListener('visibilitychange', () => {
  if (access.isShown) return;
  if (document.hidden) clearTimeout(next);
  else void poll();
});
void poll();
