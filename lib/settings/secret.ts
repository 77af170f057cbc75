/** A secret is named, never held: what is written here is where the node finds it. */
import * as z from 'zod';
import { variableName } from './override-schema.ts';

/** Absolute on the node, or below the home folder of the user there. */
const secretPath = z.string().regex(/^(\/|~\/)[^\p{Cc}]+$/u, 'is no absolute path, and none that begins with ~/');

export const secretReference = z.union([
  z.strictObject({ fromEnv: variableName }),
  z.strictObject({ fromFile: secretPath }),
]);
