/** From what a person wrote to what is resolved, once, at the door; every mistake becomes a finding with its path. */
import * as z from 'zod';
import { nearest } from '../base/nearest.ts';
import type { Finding, Where } from '../finding.ts';
import type { Parsed } from './parsed.ts';
import { shown } from './shown.ts';

type Issue = z.core.$ZodIssue;

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

const plural = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'must be a whole number' : `must be ${article(issue.expected)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return limit(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum);
    case 'too_big':
      return limit(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum);
    case 'invalid_format':
      return issue.message.startsWith('is no') ? issue.message : 'has a form that is not allowed';
    default:
      return issue.message;
  }
}

function article(type: string): string {
  const names: Record<string, string> = { object: 'an object { ... }', array: 'a list [ ... ]', record: 'an object' };
  return names[type] ?? `a ${type}`;
}

function limit(origin: string, word: string, value: number | bigint): string {
  if (origin === 'array') return `must have ${word} ${value} entries`;
  if (origin === 'string') return value === 1 ? 'must not be empty' : `must have ${word} ${value} characters`;
  return `must be ${word} ${value}`;
}

/** Of a union's branches, the issues of the one that came nearest. */
function bestBranch(issue: Issue): readonly Issue[] | undefined {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return undefined;
  const typeMismatch = (branch: readonly Issue[]) =>
    branch.some((inner) => inner.path.length === 0 && inner.code === 'invalid_type');
  const fitting = issue.errors.filter((branch) => !typeMismatch(branch));
  if (fitting.length === 0) return undefined;
  return [...fitting].sort((a, b) => a.length - b.length)[0];
}

function unknownKeys(
  issue: Issue & { code: 'unrecognized_keys' },
  full: readonly PropertyKey[],
  known: readonly string[],
) {
  const path = full.map(String).join('.');
  return issue.keys.map((key) => {
    const guess = nearest(key, known);
    return {
      keys: [...full, key],
      path: path === '' ? key : `${path}.${key}`,
      message: `There is no setting "${key}"${path === '' ? '' : ` in ${path}`}.`,
      fix: guess ? `Did you mean "${guess}"?` : `Known here: ${[...known].sort().join(', ')}.`,
      id: 'setting/unknown',
    };
  });
}

/** What may stand at a path of the schema; of a union each of its branches. */
function branchesAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return branchesAt(schema.unwrap() as z.ZodType, path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => branchesAt(option as z.ZodType, path));
  const [first, ...rest] = path;
  if (first === undefined) return [schema];
  if (!(schema instanceof z.ZodObject)) return [];
  const child = (schema.shape as Record<PropertyKey, z.ZodType | undefined>)[first];
  return child ? branchesAt(child, rest) : [];
}

/** Keys that the object at a path of the schema may have. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const found = branchesAt(schema, path).flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : []));
  return [...new Set(found)];
}

/** The forms of a union in short; undefined where one has no short form. */
function formsAt(schema: z.ZodType, path: readonly PropertyKey[]): string | undefined {
  const forms = branchesAt(schema, path).map((one) => {
    if (one instanceof z.ZodObject) return `{ ${Object.keys(one.shape).join(', ')} }`;
    if (one instanceof z.ZodNumber) return one.format === 'safeint' ? 'a whole number' : 'a number';
    return one instanceof z.ZodString ? 'a text' : undefined;
  });
  return forms.includes(undefined) ? undefined : forms.join(' or ');
}

interface Told {
  /** Keys down to the value, since a key may hold a dot. */
  readonly keys: readonly PropertyKey[];
  readonly id: string;
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

function tell(issue: Issue, schema: z.ZodType, value: unknown, base: readonly PropertyKey[]): Told[] {
  const full = [...base, ...issue.path];
  const path = full.map(String).join('.');
  const branch = bestBranch(issue);
  if (branch) return branch.flatMap((inner) => tell(inner, schema, value, full));
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, full, keysAt(schema, full));
  const given = at(value, full);
  const name = path === '' ? 'This' : path;
  if (given === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_union'))
    return [
      { keys: full, id: 'setting/missing', path, message: `${name} is missing.`, fix: `Give ${path || 'it'} a value.` },
    ];
  if (issue.code === 'invalid_value' && typeof given === 'string') {
    const guess = nearest(given, issue.values.map(String));
    const fix = guess ? `Did you mean "${guess}"?` : `Choose one of ${plural(issue.values.map(String))}.`;
    return [{ keys: full, id: 'setting/invalid', path, message: `${name} ${expectation(issue)}.`, fix }];
  }
  const isUnion = issue.code === 'invalid_union';
  const wanted = isUnion ? 'has none of the forms that are allowed' : expectation(issue);
  const forms = isUnion ? formsAt(schema, full) : undefined;
  const fix = forms === undefined ? `Change ${path || 'it'}.` : `Write ${forms}.`;
  return [{ keys: full, id: 'setting/invalid', path, message: `${name} ${wanted}.`, fix }];
}

/** Parses with a schema; `where` is the construct, to which each finding adds the setting's path below `prefix`. */
export function parse<S extends z.ZodType>(schema: S, value: unknown, where: Where, prefix = ''): Parsed<z.output<S>> {
  const result = schema.safeParse(value, { reportInput: false });
  if (result.success) return { value: result.data, findings: [] };
  const findings = result.error.issues
    .flatMap((issue) => tell(issue as Issue, schema, value, []))
    .map((told): Finding => {
      const path = [prefix, told.path].filter((part) => part !== '').join('.');
      const given = at(value, told.keys);
      const setting = { ...where, ...(path === '' ? {} : { path }) };
      const seen = told.id === 'setting/missing' ? {} : { given: shown(given) };
      return { id: told.id, severity: 'error', where: setting, ...seen, message: told.message, fix: told.fix };
    });
  return { findings };
}
