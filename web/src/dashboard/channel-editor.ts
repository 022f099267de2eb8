import { Gone, Problem, type AdminApi } from './api';
import { additionOf, alterationOf, filesOnOffer, type DescribedChannel } from './channel-draft';
import type { ConfirmDialog } from './confirm-dialog';
import { find, make, say } from './dom';

/** Adds, renames and removes channels, where the server has a media folder. */
export class ChannelEditor {
  readonly #api: AdminApi;
  readonly #confirm: ConfirmDialog;
  readonly #changed: () => void;
  readonly #failed: (error: unknown) => void;
  readonly #dialog = find<HTMLDialogElement>('#channel');
  readonly #form = find<HTMLFormElement>('#channel form');
  readonly #file = find<HTMLSelectElement>('#channel-file');
  readonly #name = find<HTMLInputElement>('#channel-name');
  readonly #title = find<HTMLInputElement>('#channel-title');
  readonly #fault = find('#channel-fault');
  readonly #save = find<HTMLButtonElement>('#channel-save');
  readonly #add = find<HTMLButtonElement>('#channel-add');
  readonly #note = find('#channels-note');
  /** What is renamed; null: one is added. */
  #edited: DescribedChannel | null = null;
  #channels: readonly DescribedChannel[] = [];

  /** `changed` is told when there is something new to be seen, `failed` of what the server refused. */
  constructor(api: AdminApi, confirm: ConfirmDialog, changed: () => void, failed: (error: unknown) => void) {
    this.#api = api;
    this.#confirm = confirm;
    this.#changed = changed;
    this.#failed = failed;
    this.#add.addEventListener('click', () => void this.add());
    find('#channel-cancel').addEventListener('click', () => this.#dialog.close());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
  }

  /** Whether channels may be changed at all. */
  set isAllowed(isAllowed: boolean) {
    this.#add.hidden = !isAllowed;
  }

  set channels(channels: readonly DescribedChannel[]) {
    this.#channels = channels;
  }

  async add(): Promise<void> {
    try {
      const files = filesOnOffer((await this.#api.mediaFiles()) ?? [], this.#channels.map((one) => one.name));
      if (files.length === 0) {
        say(this.#note, 'There is no file in the media folder that could be a channel.');
        return;
      }
      this.#file.replaceChildren(...files.map(({ file, isChannel }) => {
        const option = make('option', '', isChannel ? `${file} (is a channel)` : file);
        option.value = file;
        return option;
      }));
      this.#open(null);
    } catch (error) {
      this.#refused(error);
    }
  }

  rename(channel: DescribedChannel): void {
    this.#open(channel);
  }

  remove(channel: DescribedChannel): void {
    this.#confirm.ask({
      title: `Remove ${channel.name}?`,
      text: 'It ends for all who watch it. Its file stays, and may be added again.',
      action: 'Remove channel',
    }, () => void this.#remove(channel));
  }

  #open(edited: DescribedChannel | null): void {
    this.#edited = edited;
    say(find('#channel-heading'), edited ? `Rename ${edited.name}` : 'Add a channel');
    say(this.#save, edited ? 'Save' : 'Add channel');
    find('#channel-file-row').hidden = edited !== null;
    [this.#name.value, this.#title.value] = [edited?.name ?? '', edited?.title ?? ''];
    this.#name.required = this.#title.required = edited !== null;
    this.#name.placeholder = edited ? '' : 'the file’s name';
    this.#title.placeholder = edited ? '' : 'the file’s title';
    say(this.#fault, '');
    say(this.#note, '');
    this.#dialog.showModal();
    (edited ? this.#name : this.#file).focus();
  }

  async #submit(): Promise<void> {
    const draft = { name: this.#name.value, title: this.#title.value };
    const edited = this.#edited;
    this.#save.disabled = true;
    say(this.#fault, '');
    try {
      if (edited) {
        const altered = alterationOf(edited, draft);
        if (altered) await this.#api.describeChannel(edited.index, altered);
      } else {
        say(this.#save, 'Adding…');
        const name = await this.#api.addChannel(additionOf(this.#file.value, draft));
        say(this.#note, `${name} is on offer.`);
      }
      this.#dialog.close();
      this.#changed();
    } catch (error) {
      // What the server says against it can be mended in the form.
      if (error instanceof Problem) say(this.#fault, error.message);
      else this.#refused(error);
    } finally {
      this.#save.disabled = false;
      say(this.#save, edited ? 'Save' : 'Add channel');
    }
  }

  async #remove(channel: DescribedChannel): Promise<void> {
    try {
      await this.#api.removeChannel(channel.index);
      say(this.#note, `${channel.name} is removed.`);
    } catch (error) {
      if (!(error instanceof Gone)) {
        this.#refused(error);
        return;
      }
    }
    // What had the focus goes with it.
    find('#channels-title').focus();
    this.#changed();
  }

  #refused(error: unknown): void {
    if (this.#dialog.open) this.#dialog.close();
    if (error instanceof Problem) say(this.#note, error.message);
    else if (error instanceof Gone) this.#changed();
    else this.#failed(error);
  }
}
