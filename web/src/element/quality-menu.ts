import type { RungChoice } from '../player/rung-choice';

const AUTO = 'auto';

/** The menu of rungs: Auto, which shows what it has now, and each rung by itself. */
export class QualityMenu {
  readonly #menu: HTMLElement & { value?: string };
  readonly #label: HTMLElement;
  readonly #choice: RungChoice;
  #auto: HTMLElement | null = null;
  #shown = '';

  constructor(menu: HTMLElement, label: HTMLElement, choice: RungChoice) {
    this.#menu = menu;
    this.#label = label;
    this.#choice = choice;
    menu.addEventListener('change', this.#onChange);
  }

  dispose(): void {
    this.#menu.removeEventListener('change', this.#onChange);
  }

  /** Shows how things stand. `playing`: name of the rung that is being played. */
  update(playing: string | null): void {
    const chosen = this.#choice.chosenRendition;
    const renditions = [...(this.#choice.channel?.renditions ?? [])].reverse();
    const auto = chosen === null && playing ? `Auto · ${playing}` : 'Auto';
    this.#name(chosen === null ? auto : (renditions.find((one) => one.index === chosen)?.name ?? auto));
    const shown = JSON.stringify([renditions, chosen]);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#auto = item(AUTO, auto, chosen === null);
      this.#menu.replaceChildren(
        noHeader(),
        this.#auto,
        ...renditions.map((one) => item(String(one.index), `${one.name} · ${rate(one.bitsPerSecond)}`, one.index === chosen)),
      );
    } else if (this.#auto && this.#auto.textContent !== auto) {
      this.#auto.textContent = auto;
    }
  }

  #name(text: string): void {
    if (this.#label.textContent === text) return;
    this.#label.textContent = text;
    this.#label.parentElement!.setAttribute('aria-label', `Quality: ${text}`);
  }

  readonly #onChange = (): void => {
    const { value } = this.#menu;
    if (value !== undefined) this.#choice.chooseRendition(value === AUTO ? null : Number(value));
  };
}

/** Stands in for the button of a menu within a menu, which a menu of choices must not hold. */
function noHeader(): HTMLElement {
  const element = document.createElement('span');
  element.slot = 'header';
  element.hidden = true;
  return element;
}

function item(value: string, text: string, isChecked: boolean): HTMLElement {
  const element = document.createElement('media-chrome-menu-item');
  element.setAttribute('type', 'radio');
  element.setAttribute('value', value);
  if (isChecked) element.setAttribute('checked', '');
  element.textContent = text;
  return element;
}

function rate(bitsPerSecond: number): string {
  return bitsPerSecond < 1e6 ? `${Math.round(bitsPerSecond / 1e3)} kbit/s` : `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`;
}
