import { beforeEach, describe, expect, test, vi } from 'vitest';

const made: { url: string; selected: unknown[]; isClosed: boolean }[] = [];

vi.mock('../src/player/knsock-player', () => ({
  KnSockPlayer: class {
    readonly #mine: (typeof made)[number];
    constructor(_: unknown, url: string) {
      this.#mine = { url, selected: [], isClosed: false };
      made.push(this.#mine);
    }
    on() {}
    setWindowHeight() {}
    select(channel: unknown) { this.#mine.selected.push(channel); }
    close() { this.#mine.isClosed = true; }
  },
}));
vi.mock('../src/player/media-source-sink', () => ({ MediaSourceSink: { isSupported: () => true } }));
vi.mock('../src/element/template', () => {
  const part = () => Object.assign(new EventTarget(), {
    classList: { add() {}, remove() {}, toggle() {} }, replaceChildren() {}, setAttribute() {}, hidden: true, textContent: '', play: () => Promise.resolve(),
  });
  return {
    arrange() {},
    fill: () => ({
      controller: part(), video: part(), notice: part(), statistics: part(), live: part(), details: part(), qualityMenu: part(), qualityLabel: part(),
    }),
  };
});

/** As little of an element as the player's needs. */
class FakeElement extends EventTarget {
  isConnected = false;
  readonly attributes = new Map<string, string>();
  attachShadow = () => ({});
  getAttribute = (name: string) => this.attributes.get(name) ?? null;
  hasAttribute = (name: string) => this.attributes.has(name);
  getBoundingClientRect = () => ({ width: 640, height: 360 });
}
vi.stubGlobal('HTMLElement', FakeElement);
vi.stubGlobal('ResizeObserver', class { observe() {} disconnect() {} });
vi.stubGlobal('document', Object.assign(new EventTarget(), { baseURI: 'http://host/live/watch', hidden: false, createElement: () => ({ append() {}, replaceChildren() {} }) }));
vi.stubGlobal('devicePixelRatio', 1);

const { KnSockPlayerElement } = await import('../src/element/knsock-player-element');

describe('the element', () => {
  beforeEach(() => { made.length = 0; });

  /** What a browser does with an element that stands in a page: it is connected, told its attributes, and then that it is connected. */
  const parsed = (attributes: Record<string, string>) => {
    const element = new KnSockPlayerElement() as unknown as InstanceType<typeof KnSockPlayerElement> & FakeElement;
    element.isConnected = true;
    for (const [name, value] of Object.entries(attributes)) set(element, name, value);
    element.connectedCallback();
    return element;
  };
  const set = (element: InstanceType<typeof KnSockPlayerElement>, name: string, value: string) => {
    const { attributes } = element as unknown as FakeElement;
    const before = attributes.get(name) ?? null;
    attributes.set(name, value);
    if (KnSockPlayerElement.observedAttributes.includes(name)) element.attributeChangedCallback(name, before, value);
  };

  test('begins one session, whatever attributes it has', () => {
    parsed({ src: './', channel: 'a', 'max-buffer': '0' });
    expect(made).toEqual([{ url: 'ws://host/live/ws', selected: ['a'], isClosed: false }]);
  });

  test('selects another channel in the same session, and begins another for another server', () => {
    const element = parsed({ channel: 'a' });
    set(element, 'channel', 'b');
    expect(made).toEqual([{ url: 'ws://host/live/ws', selected: ['a', 'b'], isClosed: false }]);
    set(element, 'src', 'https://elsewhere/');
    expect(made.map(({ url, isClosed }) => [url, isClosed])).toEqual([['ws://host/live/ws', true], ['wss://elsewhere/ws', false]]);
  });

  test('ends its session when it is taken from the page, and begins again when it is put back', () => {
    const element = parsed({});
    element.disconnectedCallback();
    expect(made.map((one) => one.isClosed)).toEqual([true]);
    element.connectedCallback();
    expect(made.map((one) => one.selected)).toEqual([[null], [null]]);
  });
});
