/** What a `Stack` says for all that is in it. */
import * as z from 'zod';

export const stackSettings = z.strictObject({
  protect: z.boolean().optional(),
});

export type StackSettings = z.output<typeof stackSettings>;
