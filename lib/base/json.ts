/** Any value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ordered(value: unknown, head: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => ordered(item, []));
  if (!isObject(value)) return value;
  const rank = (key: string) => (head.includes(key) ? head.indexOf(key) : head.length);
  // Code-unit order, not localeCompare: the bytes must not depend on the locale.
  const keys = Object.keys(value).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(
    keys.filter((key) => value[key] !== undefined).map((key) => [key, ordered(value[key], [])]),
  );
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
