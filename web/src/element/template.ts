import 'media-chrome/dist/media-controller.js';
import 'media-chrome/dist/media-control-bar.js';
import 'media-chrome/dist/media-fullscreen-button.js';
import 'media-chrome/dist/media-loading-indicator.js';
import 'media-chrome/dist/media-mute-button.js';
import 'media-chrome/dist/media-pip-button.js';
import 'media-chrome/dist/media-play-button.js';
import 'media-chrome/dist/media-volume-range.js';
import 'media-chrome/dist/media-chrome-button.js';
import 'media-chrome/dist/menu/media-chrome-menu.js';
import 'media-chrome/dist/menu/media-chrome-menu-button.js';
import 'media-chrome/dist/menu/media-chrome-menu-item.js';
import { styles } from './styles';

/**
 * Fixed text: nothing that comes from a server is in it. Keys that seek in what lies ready by chance, or that change the rate which
 * playout itself needs, are not used.
 */
const MARKUP = `
<media-controller part="controller" defaultstreamtype="live" hotkeys="noarrowleft noarrowright noj nol no&lt; no&gt; noc noshift+/">
  <video slot="media" part="video" playsinline></video>
  <media-loading-indicator slot="centered-chrome" noautohide></media-loading-indicator>
  <div class="notice" role="status" slot="centered-chrome" noautohide hidden></div>
  <div class="statistics" slot="top-chrome" noautohide hidden></div>
  <media-chrome-menu class="quality-menu" id="quality" anchor="quality-button" hidden></media-chrome-menu>
  <media-control-bar>
    <media-play-button></media-play-button>
    <media-mute-button></media-mute-button>
    <media-volume-range></media-volume-range>
    <media-chrome-button class="live" aria-label="Go to the live edge">
      <span><span class="dot" aria-hidden="true"></span>Live</span>
      <span slot="tooltip-content">Go to the live edge (l)</span>
    </media-chrome-button>
    <span class="space"></span>
    <media-chrome-button class="details" aria-label="Stats" aria-pressed="false">
      <span>Stats</span>
      <span slot="tooltip-content">Statistics (i)</span>
    </media-chrome-button>
    <media-chrome-menu-button id="quality-button" class="quality" invoketarget="quality" aria-label="Quality">
      <span class="label">Auto</span>
      <span slot="tooltip-content">Quality</span>
    </media-chrome-menu-button>
    <media-pip-button></media-pip-button>
    <media-fullscreen-button></media-fullscreen-button>
  </media-control-bar>
</media-controller>`;

/** An element of fewer pixels is a phone's, or as small. */
const NARROW = 520;

/** The parts that an element works with. */
export interface Parts {
  readonly controller: HTMLElement;
  readonly video: HTMLVideoElement;
  readonly notice: HTMLElement;
  readonly statistics: HTMLElement;
  readonly live: HTMLElement;
  readonly details: HTMLElement;
  readonly qualityMenu: HTMLElement;
  readonly qualityLabel: HTMLElement;
}

/** Fills the shadow tree of an element. */
export function fill(root: ShadowRoot): Parts {
  const template = document.createElement('template');
  template.innerHTML = MARKUP;
  root.append(template.content.cloneNode(true));
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  root.adoptedStyleSheets = [sheet];
  const find = <Kind extends HTMLElement>(selector: string) => root.querySelector<Kind>(selector)!;
  return {
    controller: find('media-controller'),
    video: find<HTMLVideoElement>('video'),
    notice: find('.notice'),
    statistics: find('.statistics'),
    live: find('.live'),
    details: find('.details'),
    qualityMenu: find('.quality-menu'),
    qualityLabel: find('.quality .label'),
  };
}

/** Puts statistics over the picture or, where they would hide all of it, below. */
export function arrange({ controller, statistics }: Parts, width: number): void {
  const isNarrow = width > 0 && width < NARROW;
  if (isNarrow === controller.classList.contains('narrow')) return;
  controller.classList.toggle('narrow', isNarrow);
  if (isNarrow) controller.after(statistics);
  else controller.append(statistics);
}
