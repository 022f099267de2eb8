import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { make, say } from './dom';

const HEIGHT = 150;

/** Steps of an axis at the right, which counts. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];

/** Steps of the axis of time, seconds. */
const TIMES = [5, 10, 30, 60, 120, 300, 600];

/** A line of a plot. */
export interface Line {
  readonly label: string;
  /** The style sheet's property that has its colour. */
  readonly color: string;
  /** It has an axis of its own, at the right. */
  readonly isRight?: boolean;
  /** The least that its axis goes up to. */
  readonly least: number;
  /** Its newest value in words, with the unit. */
  readonly text: (value: number | null) => string;
}

type Values = readonly (number | null)[];

/** Some figures over the last minutes, with a legend that says the newest. */
export class TimePlot {
  readonly #plot: uPlot;
  readonly #place: HTMLElement;
  readonly #lines: readonly Line[];
  readonly #words: HTMLElement[];
  readonly #watched: ResizeObserver;

  constructor(figure: HTMLElement, title: string, lines: readonly Line[]) {
    this.#lines = lines;
    const caption = make('figcaption', '', title);
    this.#words = lines.map((line) => {
      const entry = make('span', 'entry');
      const swatch = make('span', 'swatch');
      swatch.style.background = `var(${line.color})`;
      const words = make('span', '', line.label);
      entry.append(swatch, words);
      caption.append(entry);
      return words;
    });
    this.#place = make('div', 'plot');
    // What it shows is said by the legend, which is text.
    this.#place.setAttribute('aria-hidden', 'true');
    figure.append(caption, this.#place);
    this.#plot = new uPlot(options(lines), [[], ...lines.map(() => [])], this.#place);
    this.#watched = new ResizeObserver(() => this.#fit());
    this.#watched.observe(this.#place);
    dark.addEventListener('change', this.#repaint);
  }

  /** `times` are seconds, the newest last. */
  update(times: readonly number[], values: readonly Values[]): void {
    const now = times.at(-1) ?? 0;
    this.#plot.setData([times.map((at) => at - now), ...values.map((each) => [...each])]);
    this.#lines.forEach((line, index) => say(this.#words[index]!, `${line.label} ${line.text(values[index]?.at(-1) ?? null)}`));
  }

  dispose(): void {
    dark.removeEventListener('change', this.#repaint);
    this.#watched.disconnect();
    this.#plot.destroy();
  }

  readonly #repaint = (): void => this.#plot.redraw();

  #fit(): void {
    const width = Math.floor(this.#place.clientWidth);
    if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT });
  }
}

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Asked anew each time it is drawn, as colours follow the system's. */
function color(property: string): () => string {
  return () => getComputedStyle(document.documentElement).getPropertyValue(property).trim();
}

function options(lines: readonly Line[]): uPlot.Options {
  const scale = (line: Line) => (line.isRight ? 'right' : 'left');
  const grid = { stroke: color('--line'), width: 1 };
  const axis: uPlot.Axis = { stroke: color('--faint'), grid, ticks: { show: false }, font: '11px system-ui' };
  const upTo = (least: number): uPlot.Scale => ({ range: (_, __, most) => [0, Math.max(most ?? 0, least) * 1.1] });
  const hasRight = lines.some((line) => line.isRight);
  return {
    width: 300,
    height: HEIGHT,
    padding: [8, hasRight ? 0 : 12, 0, 0],
    cursor: { show: false },
    legend: { show: false },
    scales: {
      x: { time: false, range: (_, least) => [Math.min(least ?? 0, -30), 0] },
      ...Object.fromEntries(lines.map((line) => [scale(line), upTo(line.least)])),
    },
    axes: [
      { ...axis, size: 22, space: 80, incrs: TIMES, values: (_, ticks) => ticks.map(ago) },
      { ...axis, scale: 'left', size: 44, space: 28 },
      ...(hasRight ? [{ ...axis, scale: 'right', side: 1, size: 40, space: 28, grid: { show: false }, incrs: WHOLE }] : []),
    ],
    series: [{}, ...lines.map((line) => ({ scale: scale(line), stroke: color(line.color), width: 2, points: { show: false } }))],
  };
}

function ago(seconds: number): string {
  return seconds === 0 ? 'now' : seconds > -120 || seconds % 60 !== 0 ? `${seconds} s` : `${seconds / 60} min`;
}
