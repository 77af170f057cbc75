/**
 * A schema as plain data, and a value held against it. zod is the truth and explains what is wrong; to load it and to
 * build its schemas takes longer than all the rest of a synthesis. What plainly fits needs no explanation: the build
 * writes the schemas down in this form (`describe.ts`), and whatever does not fit, or is not plain, is left to zod.
 */
import { isObject, type Json } from '../base/json.ts';

export type Shape =
  | { readonly is: 'unknown' | 'json' | 'boolean' }
  /** Only zod can tell. */
  | { readonly is: 'slow' }
  | { readonly is: 'number'; readonly int?: true; readonly limits: readonly (readonly [Limit, number])[] }
  | {
      readonly is: 'string';
      readonly least?: number;
      readonly most?: number;
      readonly patterns: readonly (readonly [source: string, flags: string])[];
    }
  | { readonly is: 'one'; readonly of: readonly Json[] }
  | { readonly is: 'object'; readonly keys: readonly (readonly [string, Shape])[]; readonly loose?: true }
  | { readonly is: 'list'; readonly of: Shape; readonly least?: number }
  | { readonly is: 'record'; readonly key: Shape; readonly of: Shape }
  | { readonly is: 'union'; readonly of: readonly Shape[] }
  | { readonly is: 'optional' | 'nullable'; readonly of: Shape }
  | { readonly is: 'default' | 'prefault'; readonly of: Shape; readonly value: Json };

export type Limit = '>' | '>=' | '<' | '<=';
type Of<Is extends Shape['is']> = Extract<Shape, { is: Is }>;

/** Said of a value that does not plainly fit. */
export const misfit: unique symbol = Symbol('misfit');

const within: Readonly<Record<Limit, (value: number, limit: number) => boolean>> = {
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
};

function number({ int, limits }: Of<'number'>, value: unknown): unknown {
  if (typeof value !== 'number' || !Number.isFinite(value) || (int && !Number.isSafeInteger(value))) return misfit;
  return limits.every(([kind, limit]) => within[kind](value, limit)) ? value : misfit;
}

const compiled = new WeakMap<object, readonly RegExp[]>();

function patternsOf(shape: Of<'string'>): readonly RegExp[] {
  let found = compiled.get(shape);
  if (!found) {
    found = shape.patterns.map(([source, flags]) => new RegExp(source, flags));
    compiled.set(shape, found);
  }
  return found;
}

function string(shape: Of<'string'>, value: unknown): unknown {
  if (typeof value !== 'string') return misfit;
  if (value.length < (shape.least ?? 0) || value.length > (shape.most ?? Number.POSITIVE_INFINITY)) return misfit;
  return shape.patterns.length === 0 || patternsOf(shape).every((pattern) => pattern.test(value)) ? value : misfit;
}

/** Made by braces: what has a class, or hidden properties, is looked at by zod. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && !Object.hasOwn(value, '__proto__');
}

function object({ keys, loose }: Of<'object'>, value: unknown): unknown {
  if (!isPlain(value)) return misfit;
  const result: Record<string, unknown> = {};
  let seen = 0;
  for (const [key, shape] of keys) {
    const there = key in value;
    if (there) seen += 1;
    const inner = fit(shape, value[key]);
    if (inner === misfit) return misfit;
    if (inner !== undefined || there) result[key] = inner;
  }
  const all = Object.keys(value);
  if (all.length === seen) return result;
  if (!loose) return misfit;
  for (const key of all) if (!Object.hasOwn(result, key)) result[key] = value[key];
  return result;
}

function list({ of, least = 0 }: Of<'list'>, value: unknown): unknown {
  if (!Array.isArray(value) || value.length < least) return misfit;
  const result: unknown[] = [];
  for (const each of value) {
    const inner = fit(of, each);
    if (inner === misfit) return misfit;
    result.push(inner);
  }
  return result;
}

function record(shape: Of<'record'>, value: unknown): unknown {
  if (!isPlain(value)) return misfit;
  const result: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) {
    const inner = fit(shape.key, key) === misfit ? misfit : fit(shape.of, each);
    if (inner === misfit) return misfit;
    result[key] = inner;
  }
  return result;
}

function isJson(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isJson);
  if (isPlain(value)) return Object.values(value).every(isJson);
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function first(options: readonly Shape[], value: unknown): unknown {
  for (const option of options) {
    // An option that only zod can judge might be the one that is meant.
    if (option.is === 'slow') return misfit;
    const inner = fit(option, value);
    if (inner !== misfit) return inner;
  }
  return misfit;
}

/** A default of one value is not shared by those who get it. */
const fresh = (value: Json) => (typeof value === 'object' ? structuredClone(value) : value);

/** The value as zod would return it, with defaults filled in; `misfit` where that is not certain. */
export function fit(shape: Shape, value: unknown): unknown {
  switch (shape.is) {
    case 'unknown':
      return value;
    case 'json':
      return isJson(value) ? value : misfit;
    case 'boolean':
      return typeof value === 'boolean' ? value : misfit;
    case 'slow':
      return misfit;
    case 'number':
      return number(shape, value);
    case 'string':
      return string(shape, value);
    case 'one':
      return shape.of.includes(value as Json) ? value : misfit;
    case 'object':
      return object(shape, value);
    case 'list':
      return list(shape, value);
    case 'record':
      return record(shape, value);
    case 'union':
      return first(shape.of, value);
    case 'optional':
      return value === undefined ? undefined : fit(shape.of, value);
    case 'nullable':
      return value === null ? null : fit(shape.of, value);
    case 'default':
      return value === undefined ? fresh(shape.value) : fit(shape.of, value);
    case 'prefault':
      return fit(shape.of, value === undefined ? shape.value : value);
  }
}
