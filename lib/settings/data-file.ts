/** What a data file is to a run. */
import * as z from 'zod';
import { encodings, fileTypes } from './formats.ts';

/** Content of a data file: its bytes decide, not its place. */
export const sourceFile = z.strictObject({
  name: z.string(),
  sha256: z.string(),
  bytes: z.int().min(0),
  /** By its name, or what it begins with; absent for JSON. */
  type: z.enum(fileTypes).optional(),
  /** Found by its letters; absent for UTF-8. */
  encoding: z.enum(encodings).optional(),
});
