/** What a `Stack` says for all that is in it. */
import * as z from 'zod';
import { inherited } from './override-schema.ts';

export const stackSettings = z.strictObject({
  protect: z.boolean().optional(),
  overrides: inherited,
});

export type StackSettings = z.output<typeof stackSettings>;
