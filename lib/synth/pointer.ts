/** JSON pointers (RFC 6901): a value put at one, or taken out, in a copy. */
import { isObject, type Json } from '../base/json.ts';

/** Why a pointer cannot be followed: what stands in its way, as a pointer. */
export class Blocked extends Error {
  readonly at: string;
  readonly why: 'value' | 'absent' | 'index';

  constructor(at: string, why: Blocked['why']) {
    super(at);
    this.at = at;
    this.why = why;
  }
}

const keysOf = (pointer: string) =>
  pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

const pointerOf = (keys: readonly string[]) =>
  keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** A place of a list; "-" is the one after the last. */
function indexIn(list: readonly Json[], key: string, way: readonly string[], removes: boolean): number {
  const index = key === '-' ? list.length : /^(0|[1-9]\d*)$/.test(key) ? Number(key) : -1;
  if (index < 0 || index > list.length || (removes && index === list.length))
    throw new Blocked(pointerOf(way), 'index');
  return index;
}

function putIn(node: Json | undefined, keys: readonly string[], depth: number, value: Json): Json {
  const [key = '', last] = [keys[depth], depth === keys.length - 1];
  const way = keys.slice(0, depth + 1);
  if (Array.isArray(node)) {
    const list = [...(node as readonly Json[])];
    const index = indexIn(list, key, way, value === null);
    if (last && value === null) list.splice(index, 1);
    else list[index] = last ? value : putIn(list[index], keys, depth + 1, value);
    return list;
  }
  if (node !== undefined && !isObject(node)) throw new Blocked(pointerOf(keys.slice(0, depth)), 'value');
  const object = (node ?? {}) as Record<string, Json>;
  const inner = Object.hasOwn(object, key) ? object[key] : undefined;
  if (value === null && inner === undefined) throw new Blocked(pointerOf(way), 'absent');
  if (last && value === null) return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
  // In its old place, where there is one: the order of keys is the order of lines.
  return { ...object, [key]: last ? value : putIn(inner, keys, depth + 1, value) };
}

/** A copy with `value` at the pointer; null takes out what is there. Objects on the way are made. Throws `Blocked`. */
export function put(document: Json, pointer: string, value: Json): Json {
  return putIn(document, keysOf(pointer), 0, value);
}

export function read(document: Json, pointer: string): Json | undefined {
  return keysOf(pointer).reduce<Json | undefined>((node, key) => {
    if (Array.isArray(node)) return (node as readonly Json[])[Number(key)];
    return isObject(node) ? (node as Record<string, Json>)[key] : undefined;
  }, document);
}
