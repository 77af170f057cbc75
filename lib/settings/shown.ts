import { isObject, type Json } from '../base/json.ts';
import { masked } from '../base/secret.ts';

/** A value as it is shown in a message: short, one line, never undefined. */
export function shown(value: unknown): Json {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint' || typeof value === 'symbol' || value === undefined) return String(value);
  if (isObject(value) && Object.getPrototypeOf(value) !== Object.prototype)
    return `a ${value.constructor?.name ?? 'object'}`;
  try {
    const text = masked(JSON.stringify(value));
    return text.length > 120 ? `${text.slice(0, 117)}...` : (JSON.parse(text) as Json);
  } catch {
    return 'a value that refers to itself';
  }
}
