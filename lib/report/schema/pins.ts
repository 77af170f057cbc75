/** The document of `sft pins --json`. */
import * as z from 'zod';
import type { PinsDocument } from '../../pins/document.ts';
import { exactly } from './exactly.ts';
import { finding, version } from './values.ts';

const listed = z.strictObject({
  kind: z.enum(['model', 'dataset', 'file', 'trainer']),
  name: z.string().describe('Id on the Hub, or path relative to the project’s folder'),
  revision: z.exactOptional(z.string()).describe('As the program names it'),
  pin: z.nullable(z.string()).describe('Commit, SHA-256 or version; null: there is none'),
  status: z.enum(['pinned', 'new', 'updated', 'missing', 'changed', 'unused']),
});

export const pinsDocument = exactly<PinsDocument>()(
  z.strictObject({
    format_version: version,
    file: z.literal('sft.lock.json'),
    pins: z.array(listed),
    findings: z.array(finding),
  }),
);
