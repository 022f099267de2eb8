import type { PlayerStatistics } from '../player/statistics';
import type { History } from './history';
import type { Plots } from './plots';

const SHOWN_NOTICES = 5;
const BETWEEN_SECONDS = 0.5;

/** Statistics for whoever wants to know: what is played and why, what lies ready and what comes. */
export class StatisticsOverlay {
  readonly #place: HTMLElement;
  readonly #list = document.createElement('dl');
  readonly #notices = document.createElement('ol');
  readonly #history: History;
  #plots: Plots | null = null;
  #text = '';
  #updatedAt = -Infinity;

  constructor(place: HTMLElement, history: History) {
    this.#place = place;
    this.#history = history;
  }

  get isShown(): boolean {
    return !this.#place.hidden;
  }

  toggle(): void {
    if (this.#place.childElementCount === 0) this.#build();
    this.#place.hidden = !this.#place.hidden;
    this.#updatedAt = -Infinity;
  }

  update(now: number, statistics: PlayerStatistics): void {
    if (!this.isShown || now - this.#updatedAt < BETWEEN_SECONDS) return;
    this.#updatedAt = now;
    const rows = describe(statistics, this.#history);
    const last = statistics.notices.slice(-SHOWN_NOTICES).reverse();
    const notices = last.map(({ name, atSeconds, reason }) => `${name} from ${atSeconds.toFixed(1)} s: ${reason}`);
    this.#text = [...rows.map(([name, value]) => `${name}: ${value}`), ...notices].join('\n');
    this.#list.replaceChildren(...rows.flatMap(([name, value]) => [element('dt', name), element('dd', value)]));
    this.#notices.replaceChildren(...notices.map((notice) => element('li', notice)));
    this.#plots?.update(this.#history.moments, now);
  }

  dispose(): void {
    this.#plots?.dispose();
    this.#plots = null;
    this.#place.replaceChildren();
    this.#place.hidden = true;
  }

  #build(): void {
    const plots = document.createElement('div');
    plots.className = 'plots';
    const copy = element('button', 'Copy') as HTMLButtonElement;
    copy.type = 'button';
    copy.addEventListener('click', () => void this.#copy(copy));
    this.#place.setAttribute('aria-label', 'Statistics');
    this.#place.setAttribute('role', 'region');
    this.#place.append(this.#list, plots, element('h2', 'Rungs and why, newest first'), this.#notices, copy);
    void this.#draw(plots);
  }

  async #draw(place: HTMLElement): Promise<void> {
    const { Plots } = await import('./plots');
    if (place.isConnected) this.#plots = new Plots(place, this.#place.getRootNode() as ShadowRoot);
  }

  async #copy(button: HTMLButtonElement): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#text);
      button.textContent = 'Copied';
    } catch {
      // Without https a page has no clipboard: the text is selected instead.
      getSelection()?.selectAllChildren(this.#list);
    }
  }
}

/** Names and values, for people. */
export function describe(of: PlayerStatistics, history: History): [string, string][] {
  const ms = (seconds: number | null) => (seconds === null ? 'not known' : `${Math.round(seconds * 1_000)} ms`);
  const frameRate = history.recent((moment) => moment.framesPerSecond).toFixed(1);
  return [
    ['Channel', of.channel ?? 'none'],
    ['Rung', `${of.rendition ?? 'none yet'} (${of.width}x${of.height})`],
    ['Sound', of.sound ? `${Math.round(of.sound.bitsPerSecond / 1e3)} kbit/s: ${of.sound.reason}` : 'at its usual rate'],
    ['Frames', `${frameRate} of ${of.frameRate ?? 0} a second, ${of.dropped} dropped of ${of.presented + of.dropped}`],
    ['Buffer', `picture ${of.videoBuffer.toFixed(2)} s, sound ${of.audioBuffer.toFixed(2)} s, target ${of.target.toFixed(2)} s`],
    ['Received', `${(history.recent((moment) => moment.bitsPerSecond) / 1e6).toFixed(2)} Mbit/s, ${(of.receivedBytes / 1e6).toFixed(1)} MB in all`],
    ['Link', of.linkBitsPerSecond === null ? 'not known' : `about ${(of.linkBitsPerSecond / 1e6).toFixed(2)} Mbit/s, as the server sees it`],
    ['A/V', of.skewMs === null ? 'not known' : `picture ${Math.abs(of.skewMs).toFixed(0)} ms ${of.skewMs < 0 ? 'behind' : 'ahead of'} the sound`],
    ['Latency', `${ms(of.latency)} behind the live edge, round trip ${ms(of.roundTripMs === null ? null : of.roundTripMs / 1_000)}`],
    ['Playout', `${of.state} at ${of.position.toFixed(1)} s, rate ${of.playbackRate}`],
    ['Stalls', `${of.stalls}, ${of.stallMs} ms in all; ${of.jumps} jumps`],
  ];
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
