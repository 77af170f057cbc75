/** From what a person wrote to what is resolved: at once where it plainly fits, by zod where there is something to say. */
import type { Where } from '../finding.ts';
import { baked } from './baked.ts';
import { schemaSide } from './later.ts';
import type { Parsed } from './parsed.ts';
import type { SchemaName, SchemaOutput } from './schemas.ts';
import { fit, misfit } from './shape.ts';

/** Checks against the schema of this name; `where` is the construct, to which each finding adds the setting's path below `prefix`. */
export function check<Name extends SchemaName>(
  name: Name,
  value: unknown,
  where: Where,
  prefix = '',
): Parsed<SchemaOutput<Name>> {
  const fitted = baked ? fit(baked.shapes[name], value) : misfit;
  if (fitted !== misfit) return { value: fitted as SchemaOutput<Name>, findings: [] };
  const { parse, schemas } = schemaSide();
  return parse(schemas[name], value, where, prefix) as Parsed<SchemaOutput<Name>>;
}
