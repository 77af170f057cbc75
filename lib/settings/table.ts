/**
 * One table of settings. Each setting is a zod schema with this metadata; docs, JSON Schema, change classes, identity
 * and rendering follow from it, so a new Hugging Face field is one entry.
 */
import * as z from 'zod';
import type { SettingMeta } from './change.ts';

// A program has a handful of objects to check: to compile a function for each kind first takes longer than it saves.
z.config({ jitless: true });

export const settings = z.registry<SettingMeta>();

/**
 * Registers a schema as a setting. Last in the chain: every zod method makes a new schema. The registry keeps one entry
 * a schema, so a copy is registered: a building block that two settings share must not mix up their places.
 */
export function setting<T extends z.ZodType>(schema: T, meta: SettingMeta): T {
  const own = schema.clone();
  settings.add(own, meta as never);
  return own;
}

const positive = z.number().positive();
const count = z.int().positive();

/** Building blocks, so that every block means the same by them. */
export const kinds = {
  /** An integer from 1 on. */
  count,
  /** A number above 0. */
  positive,
  /** 0 to 1, both allowed. */
  share: z.number().min(0).max(1),
  text: z.string().min(1),
  /** Whatever JSON can hold. */
  json: z.json(),
} as const;
