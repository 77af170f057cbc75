/** Any value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** An object that JSON can hold. */
export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const none: readonly string[] = [];

function ordered(value: unknown, head: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => ordered(item, none));
  if (!isObject(value)) return value;
  // Sorted by code units, not by localeCompare: the bytes must not depend on the locale.
  const keys = Object.keys(value).sort();
  const first = head.filter((key) => Object.hasOwn(value, key));
  const all = first.length === 0 ? keys : [...first, ...keys.filter((key) => !first.includes(key))];
  return Object.fromEntries(
    all.filter((key) => value[key] !== undefined).map((key) => [key, ordered(value[key], none)]),
  );
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
