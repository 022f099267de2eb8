import { exported } from './columns';
import type { SessionFigures } from './figures';

/** Spreadsheets take these for the beginning of a formula, also the wide ones and behind blanks. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

/** A cell by RFC 4180. Text that would be taken for a formula gets an apostrophe before it; numbers are numbers, negative ones, too. */
export function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** All sessions as a file with a head. */
export function csvOf(sessions: readonly SessionFigures[]): string {
  const rows = [exported.map(([name]) => name), ...sessions.map((session) => exported.map(([, value]) => value(session)))];
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}
