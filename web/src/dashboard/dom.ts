/** What others made is text of theirs, so it goes in as text only. */
export function make<Name extends keyof HTMLElementTagNameMap>(name: Name, className = '', text = ''): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** Writes only what is new: whoever selects or is read a text keeps it. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function find<Type extends Element = HTMLElement>(selector: string): Type {
  return document.querySelector<Type>(selector)!;
}

/** Makes the children of a place those, in that order; who is there already is not moved if it need not be. */
export function arrange(place: Element, children: readonly Element[]): void {
  const wanted = new Set(children);
  for (const child of [...place.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, index) => {
    if (place.children[index] !== child) place.insertBefore(child, place.children[index] ?? null);
  });
}
