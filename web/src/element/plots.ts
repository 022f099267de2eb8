import uPlot from 'uplot';
import sheetText from 'uplot/dist/uPlot.min.css?inline';
import type { Moment } from './history';

const HEIGHT = 84;

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
    this.#buffer = plot(place, 's', [line('Buffer', '#5ac8fa'), line('target', '#ffb340')]);
    this.#rate = plot(place, 'Mbit/s', [line('Received', '#7ddc7a'), line('link', '#ffb340')]);
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

function plot(parent: HTMLElement, unit: string, series: readonly Line[]): uPlot {
  const place = document.createElement('div');
  place.append(legend(unit, series));
  parent.append(place);
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
        { ...axis, size: 40, space: 20 },
      ],
      series: [{}, ...series.map((each) => ({ ...each, width: 1.5, points: { show: false } }))],
    },
    [[], ...series.map(() => [])],
    place,
  );
}

/** Their names in their colours. */
function legend(unit: string, series: readonly Line[]): HTMLElement {
  const made = document.createElement('p');
  made.className = 'legend';
  series.forEach(({ label, stroke }, index) => {
    const name = document.createElement('span');
    name.textContent = label;
    name.style.color = stroke;
    made.append(index > 0 ? ', ' : '', name);
  });
  made.append(`, ${unit}`);
  return made;
}

interface Line { readonly label: string; readonly stroke: string }

function line(label: string, stroke: string): Line {
  return { label, stroke };
}
