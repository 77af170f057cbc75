import type * as z from 'zod';
import { settings } from '../../settings/table.ts';

/** What the settings table knows of a setting, under names that no validator takes for its own. */
export function withMeta(zodSchema: z.core.$ZodType, jsonSchema: z.core.JSONSchema.BaseSchema): void {
  const meta = settings.get(zodSchema);
  if (!meta) return;
  const { doc, class: change, unit, place, via } = meta;
  Object.assign(jsonSchema, {
    description: doc,
    'x-class': change,
    ...(unit === undefined ? {} : { 'x-unit': unit }),
    ...(place === undefined ? {} : { 'x-place': place }),
    ...(via === undefined ? {} : { 'x-via': via }),
  });
}
