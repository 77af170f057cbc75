/** From zod's schemas to shapes, for the build and for the test that holds the two to agree. */
import * as z from 'zod';
import type { Json } from '../base/json.ts';
import type { Baked } from './baked.ts';
import type { SettingRow } from './change.ts';
import { settingsTable } from './run.ts';
import { type SchemaName, schemas } from './schemas.ts';
import type { Limit, Shape } from './shape.ts';
import { kinds } from './table.ts';

const slow: Shape = { is: 'slow' };

type Def = Record<string, unknown>;
const defOf = (schema: unknown) => (schema as { _zod: { def: Def } })._zod.def;

/** Thrown for a check that a shape cannot say; the schema that has it is left to zod. */
class Unsayable extends Error {}

function checksOf(schema: z.ZodType): Def[] {
  const def = defOf(schema);
  const own = typeof def.check === 'string' ? [def] : [];
  return [...own, ...((def.checks ?? []) as unknown[]).map(defOf)];
}

function numberOf(schema: z.ZodType): Shape {
  const limits: (readonly [Limit, number])[] = [];
  let int = false;
  for (const check of checksOf(schema)) {
    if (check.check === 'number_format' && check.format === 'safeint') int = true;
    else if (check.check === 'greater_than') limits.push([check.inclusive ? '>=' : '>', check.value as number]);
    else if (check.check === 'less_than') limits.push([check.inclusive ? '<=' : '<', check.value as number]);
    else throw new Unsayable();
  }
  return { is: 'number', ...(int ? { int } : {}), limits };
}

function stringOf(schema: z.ZodType): Shape {
  const patterns: (readonly [string, string])[] = [];
  let [least, most] = [0, Number.POSITIVE_INFINITY];
  for (const check of checksOf(schema)) {
    const { pattern } = check;
    if (check.check === 'min_length') least = Math.max(least, check.minimum as number);
    else if (check.check === 'max_length') most = Math.min(most, check.maximum as number);
    else if (check.check === 'string_format' && check.format === 'regex' && pattern instanceof RegExp)
      patterns.push([pattern.source, pattern.flags]);
    else throw new Unsayable();
  }
  return {
    is: 'string',
    ...(least > 0 ? { least } : {}),
    ...(most < Number.POSITIVE_INFINITY ? { most } : {}),
    patterns,
  };
}

function listOf(schema: z.ZodArray): Shape {
  let least = 0;
  for (const check of checksOf(schema)) {
    if (check.check !== 'min_length') throw new Unsayable();
    least = Math.max(least, check.minimum as number);
  }
  return { is: 'list', of: describe(schema.element as z.ZodType), ...(least > 0 ? { least } : {}) };
}

function objectOf(schema: z.ZodObject): Shape {
  const { catchall } = defOf(schema) as { catchall?: z.ZodType };
  const kind = catchall === undefined ? undefined : defOf(catchall).type;
  if (checksOf(schema).length > 0 || (kind !== 'never' && kind !== 'unknown')) throw new Unsayable();
  const keys = Object.entries(schema.shape).map(([key, inner]) => [key, describe(inner as z.ZodType)] as const);
  return { is: 'object', keys, ...(kind === 'unknown' ? { loose: true } : {}) };
}

function wrapped(schema: z.ZodType): Shape {
  const def = defOf(schema) as { type: string; innerType: z.ZodType; defaultValue?: Json };
  const of = describe(def.innerType);
  if (of.is === 'default' || of.is === 'prefault' || (of.is === 'optional' && def.type !== 'optional')) return slow;
  if (def.type === 'optional' || def.type === 'nullable') return { is: def.type, of };
  if (def.type === 'default' || def.type === 'prefault') return { is: def.type, of, value: def.defaultValue as Json };
  throw new Unsayable();
}

function plain(schema: z.ZodType): Shape {
  if (schema === kinds.json) return { is: 'json' };
  if (schema instanceof z.ZodNumber) return numberOf(schema);
  if (schema instanceof z.ZodString) return stringOf(schema);
  if (schema instanceof z.ZodObject) return objectOf(schema);
  if (schema instanceof z.ZodArray) return listOf(schema);
  if (checksOf(schema).length > 0) return slow;
  if (schema instanceof z.ZodUnknown) return { is: 'unknown' };
  if (schema instanceof z.ZodBoolean) return { is: 'boolean' };
  if (schema instanceof z.ZodEnum) return { is: 'one', of: schema.options as Json[] };
  if (schema instanceof z.ZodLiteral) return { is: 'one', of: [...schema.values] as Json[] };
  if (schema instanceof z.ZodUnion) return { is: 'union', of: schema.options.map((one) => describe(one as z.ZodType)) };
  if (schema instanceof z.ZodRecord)
    return { is: 'record', key: describe(schema.keyType as z.ZodType), of: describe(schema.valueType as z.ZodType) };
  return wrapped(schema);
}

/** `slow` for whatever a shape cannot say: transforms, refinements, further kinds of schemas. */
export function describe(schema: z.ZodType): Shape {
  try {
    return plain(schema);
  } catch (caught) {
    if (caught instanceof Unsayable) return slow;
    throw caught;
  }
}

/** Of each setting what plans and files need, without its schema. */
export function plainRows(): SettingRow[] {
  return [...settingsTable().values()].map(({ schema, ...meta }) => {
    const parsed = schema.safeParse(undefined);
    return parsed.success && parsed.data !== undefined ? { ...meta, fallback: parsed.data as Json } : meta;
  });
}

/** What the build writes down. */
export function bake(): Baked {
  const shapes = Object.entries(schemas).map(([name, schema]) => [name as SchemaName, describe(schema)] as const);
  return { shapes: Object.fromEntries(shapes) as Baked['shapes'], rows: plainRows() };
}
