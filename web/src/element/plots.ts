import uPlot from 'uplot';
import sheetText from 'uplot/dist/uPlot.min.css?inline';
import type { Moment } from './history';

const HEIGHT = 90;

/** With this much room they stand side by side, pixels. */
const LEAST_TWO = 444;
const GAP = 4;

/** Small plots of buffer and of what comes, over the last minute. A chunk of its own: most never look. */
export class Plots {
  readonly #buffer: uPlot;
  readonly #rate: uPlot;
  readonly #place: HTMLElement;

  /** Draws into `place`, which lies in the shadow tree `root`. */
  constructor(place: HTMLElement, root: ShadowRoot) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(sheetText);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    this.#place = place;
    this.#buffer = plot(place, [line('buffer, s', '#5ac8fa'), line('target, s', '#ffb340')]);
    this.#rate = plot(place, [line('received, Mbit/s', '#7ddc7a'), line('estimate, Mbit/s', '#ffb340')]);
  }

  update(moments: readonly Moment[], now: number): void {
    const isWide = this.#place.clientWidth >= LEAST_TWO;
    const width = isWide ? (this.#place.clientWidth - GAP) / 2 : this.#place.clientWidth;
    const times = moments.map((moment) => moment.at - now);
    for (const each of [this.#buffer, this.#rate]) if (width > 0 && each.width !== width) each.setSize({ width, height: HEIGHT });
    this.#buffer.setData([times, moments.map((moment) => moment.buffer), moments.map((moment) => moment.target)]);
    this.#rate.setData([times, moments.map((moment) => moment.bitsPerSecond / 1e6), moments.map((moment) => (moment.estimate === null ? null : moment.estimate / 1e6))]);
  }

  dispose(): void {
    this.#buffer.destroy();
    this.#rate.destroy();
  }
}

function plot(place: HTMLElement, series: uPlot.Series[]): uPlot {
  const axis: uPlot.Axis = { stroke: '#ccd', grid: { stroke: '#ffffff22' }, ticks: { show: false }, font: '10px system-ui' };
  return new uPlot(
    {
      width: 220,
      height: HEIGHT,
      cursor: { show: false },
      legend: { show: false },
      scales: { x: { time: false, range: [-60, 0] }, y: { range: (_, __, most) => [0, Math.max(most, 0.5) * 1.1] } },
      axes: [
        { ...axis, size: 16, values: (_, ticks) => ticks.map((tick) => `${tick} s`) },
        { ...axis, size: 40, label: String(series[0]!.label), labelSize: 14, labelFont: '10px system-ui', space: 20 },
      ],
      series: [{}, ...series],
    },
    [[], ...series.map(() => [])],
    place,
  );
}

function line(label: string, stroke: string): uPlot.Series {
  return { label, stroke, width: 1.5, points: { show: false } };
}
