/** Calls of tools, and the tools that a row offers: lists of objects, or the JSON text of one. */
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { isHalf, type ToolCall } from './message.ts';
import { tooDeepAt } from './scan.ts';

export type Calls = readonly ToolCall[];

/** Whether every text in it, keys too, can be written. */
function isWhole(value: unknown): boolean {
  const left: unknown[] = [value];
  while (left.length > 0) {
    const each = left.pop();
    if (typeof each === 'string' && isHalf(each)) return false;
    if (Array.isArray(each)) for (const inner of each) left.push(inner);
    else if (isObject(each)) for (const [key, inner] of Object.entries(each)) left.push(key, inner);
  }
  return true;
}

/** What a text of JSON says; a value that is no text is itself. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (tooDeepAt(value) !== undefined) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function callIn(value: unknown): ToolCall | undefined {
  if (!isObject(value)) return undefined;
  const inner = value.function ?? value;
  if (!isObject(inner) || typeof inner.name !== 'string' || inner.name === '') return undefined;
  const given = parsed(inner.arguments ?? {});
  if (!isObject(given)) return undefined;
  const made = { type: 'function', function: { name: inner.name, arguments: given as JsonObject } } as const;
  return typeof value.id === 'string' ? { id: value.id, ...made } : made;
}

/** One call or a list of them. Undefined where it is none. */
export function callsIn(value: unknown): Calls | undefined {
  const given = parsed(value);
  const calls = (Array.isArray(given) ? given : [given]).map(callIn);
  const whole = calls.length > 0 && calls.every((call) => call !== undefined);
  return whole && isWhole(calls) ? (calls as Calls) : undefined;
}

/** Undefined where it is no list of objects. */
export function toolsIn(value: unknown): readonly Json[] | undefined {
  const given = value === '' ? [] : parsed(value);
  return Array.isArray(given) && given.every(isObject) && isWhole(given) ? (given as Json[]) : undefined;
}
