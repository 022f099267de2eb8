/** What somebody wants a channel to be, as it stands in a form: text with blanks around it, or none. */
export interface ChannelDraft {
  readonly name: string;
  readonly title: string;
}

/** A channel as the form begins with it. */
export interface DescribedChannel extends ChannelDraft {
  readonly index: number;
}

/** What the API is asked to add. What is left empty is the file's own. */
export function additionOf(file: string, { name, title }: ChannelDraft): { file: string; name?: string; title?: string } {
  return { file, ...given('name', name), ...given('title', title) };
}

/** What the API is asked to make otherwise; null: nothing is. A channel has a name and a title, so an empty one changes nothing. */
export function alterationOf(channel: ChannelDraft, draft: ChannelDraft): { name?: string; title?: string } | null {
  const name = draft.name.trim();
  const title = draft.title.trim();
  const altered = { ...(name !== '' && name !== channel.name ? { name } : {}), ...(title !== '' && title !== channel.title ? { title } : {}) };
  return Object.keys(altered).length > 0 ? altered : null;
}

/** The files in the order in which they are offered: those that are no channel yet by their name come first. */
export function filesOnOffer(files: readonly string[], channels: readonly string[]): { readonly file: string; readonly isChannel: boolean }[] {
  const names = new Set(channels);
  const all = files.map((file) => ({ file, isChannel: names.has(file) }));
  return [...all.filter((one) => !one.isChannel), ...all.filter((one) => one.isChannel)];
}

function given(key: 'name' | 'title', text: string): { name?: string; title?: string } {
  const trimmed = text.trim();
  return trimmed === '' ? {} : { [key]: trimmed };
}
