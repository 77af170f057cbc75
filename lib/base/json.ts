/** Any value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** An object that JSON can hold. */
export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const none: readonly string[] = [];

function orderOf(value: object, head: readonly string[]): readonly string[] {
  // By code units, not by localeCompare: the bytes must not depend on the locale.
  const keys = Object.keys(value).sort();
  const first = head.filter((key) => Object.hasOwn(value, key));
  return first.length === 0 ? keys : [...first, ...keys.filter((key) => !first.includes(key))];
}

function ordered(value: unknown, head: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => ordered(item, none));
  // Without a prototype, so that a key "__proto__" is a key like any other.
  const result: Record<string, unknown> = Object.create(null);
  for (const key of orderOf(value, head)) {
    const inner = (value as Record<string, unknown>)[key];
    if (inner !== undefined) result[key] = ordered(inner, none);
  }
  return result;
}

/** Whether two plain values have the same canonical JSON, found out without making it. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((each, at) => isSame(each, b[at]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a).filter((key) => a[key] !== undefined);
  const others = Object.keys(b).filter((key) => b[key] !== undefined);
  return keys.length === others.length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]));
}

/** One line, keys sorted, `undefined` dropped: what hashes and equality are taken over. */
export function canonical(value: unknown): string {
  return JSON.stringify(ordered(value, []));
}

/**
 * The bytes of a JSON file that people read: two spaces, keys sorted below the keys of `head`, which come first
 * at the top level, and a final newline.
 */
export function jsonText(value: unknown, head: readonly string[] = []): string {
  return `${JSON.stringify(ordered(value, head), null, 2)}\n`;
}
