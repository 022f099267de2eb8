import { find, make, say } from './dom';
import type { ServerFigures } from './figures';
import { ServerHistory } from './rates';
import { TimePlot } from './time-plot';
import { bits, bytes, duration, share } from './units';

/** What the server does: a tile for each figure, and the last minutes. */
export class ServerView {
  readonly #history = new ServerHistory();
  readonly #tiles = new Map<string, HTMLElement>();
  readonly #plot: TimePlot;

  constructor() {
    const list = find('#tiles');
    for (const name of ['Viewers', 'Egress', 'CPU, no encoders', 'Memory', 'Up for']) {
      const tile = make('div', 'tile');
      const value = make('dd');
      tile.append(make('dt', '', name), value);
      list.append(tile);
      this.#tiles.set(name, value);
    }
    this.#plot = new TimePlot(find('#server-plot'), 'Egress in Mbit/s (left) and viewers (right)', [
      { label: 'Egress', color: '--plot-1', least: 1, text: (value) => bits(value === null ? null : value * 1e6) },
      { label: 'Viewers', color: '--plot-2', isRight: true, least: 5, text: (value) => String(value ?? 0) },
    ]);
  }

  show(figures: ServerFigures): void {
    const now = this.#history.note(figures);
    const texts = {
      Viewers: String(figures.sessions),
      Egress: bits(now.egressBitsPerSecond),
      'CPU, no encoders': share(now.cpuShare),
      Memory: bytes(figures.memoryBytes),
      'Up for': duration(figures.uptimeSeconds),
    };
    for (const [name, text] of Object.entries(texts)) say(this.#tiles.get(name)!, text);
    const { moments } = this.#history;
    this.#plot.update(moments.map((moment) => moment.at), [
      moments.map(({ egressBitsPerSecond: rate }) => (rate === null ? null : rate / 1e6)),
      moments.map((moment) => moment.sessions),
    ]);
  }
}
