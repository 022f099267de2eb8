import type { Column } from './columns';
import type { SessionFigures } from './figures';

export interface Order {
  readonly column: Column;
  readonly isDescending: boolean;
}

const collator = new Intl.Collator('en', { numeric: true });

/** Sorted anew; what is not known comes last either way, and equals stay in the order in which they came. */
export function sorted(sessions: readonly SessionFigures[], { column, isDescending }: Order): SessionFigures[] {
  const sign = isDescending ? -1 : 1;
  return sessions
    .map((session) => ({ session, value: column.value(session) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      const areNumbers = typeof a.value === 'number' && typeof b.value === 'number';
      return sign * (areNumbers ? Number(a.value) - Number(b.value) : collator.compare(String(a.value), String(b.value)));
    })
    .map(({ session }) => session);
}

/** Those in which each word is found. */
export function filtered(sessions: readonly SessionFigures[], text: string): readonly SessionFigures[] {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return sessions;
  return sessions.filter(({ id, address, transport, client, channel, rendition, state }) => {
    const all = [id, address, transport, client, channel, rendition, state].join('\n').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** Names sort upwards at first, figures downwards: the worst is what is looked for. A second time turns it round. */
export function nextOrder(order: Order, column: Column): Order {
  return order.column === column ? { column, isDescending: !order.isDescending } : { column, isDescending: column.isNumber };
}
