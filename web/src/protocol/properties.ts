/** A message does not have the form that PROTOCOL.md asks for. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

type JsonObject = Readonly<Record<string, unknown>>;

/** The properties of a JSON object, each read as what it has to be. Null stands for a property that is missing. */
export class Properties {
  readonly #object: JsonObject;

  private constructor(object: JsonObject) {
    this.#object = object;
  }

  /** Reads a message, which has a type. */
  static parse(text: string): Properties {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new MalformedMessage('not JSON');
    }
    const all = Properties.of(value);
    if (all.#get('type') === null) throw new MalformedMessage('no type');
    return all;
  }

  static of(value: unknown): Properties {
    return new Properties(asObject(value, 'value'));
  }

  /** The type; undefined if it is not a word. */
  get type(): string | undefined {
    const type = this.#get('type');
    return typeof type === 'string' ? type : undefined;
  }

  text(name: string): string {
    return expect(this.#get(name), isText, name);
  }

  number(name: string): number {
    return expect(this.#get(name), isNumber, name);
  }

  integer(name: string): number {
    return expect(this.#get(name), isInteger, name);
  }

  /** An integer from 0. */
  index(name: string): number {
    return expect(this.#get(name), isIndex, name);
  }

  flag(name: string): boolean {
    return expect(this.#get(name), isFlag, name);
  }

  list(name: string): readonly unknown[] {
    return expect(this.#get(name), isList, name);
  }

  texts(name: string): readonly string[] {
    return this.list(name).map((value) => expect(value, isText, name));
  }

  object(name: string): JsonObject {
    return asObject(this.#get(name), name);
  }

  /** The property, to be spread into an object; nothing if it is missing. */
  optional<Name extends string, Value>(name: Name, read: () => Value): { [key in Name]?: Value } {
    return this.#get(name) === null ? {} : ({ [name]: read() } as { [key in Name]?: Value });
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#object, name) ? (this.#object[name] ?? null) : null;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isInteger = (value: unknown): value is number => Number.isInteger(value);
const isIndex = (value: unknown): value is number => isInteger(value) && value >= 0;
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
const isList = (value: unknown): value is unknown[] => Array.isArray(value);

function expect<Value>(value: unknown, is: (value: unknown) => value is Value, name: string): Value {
  if (!is(value)) throw new MalformedMessage(`${name} is missing or not what it has to be`);
  return value;
}

function asObject(value: unknown, name: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new MalformedMessage(`${name} is no object`);
  return value as JsonObject;
}
