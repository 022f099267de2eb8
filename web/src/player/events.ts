/** Calls whoever listens for an event, typed. */
export class Events<Map extends object> {
  readonly #listeners = new globalThis.Map<keyof Map, Set<(detail: never) => void>>();

  /** Listens; what comes back ends it. */
  on<Name extends keyof Map>(name: Name, listener: (detail: Map[Name]) => void): () => void {
    const all = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, all);
    all.add(listener);
    return () => all.delete(listener);
  }

  protected emit<Name extends keyof Map>(name: Name, detail: Map[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) (listener as (detail: Map[Name]) => void)(detail);
  }
}
