/** The document of `sft gc --json`. */
import * as z from 'zod';
import type { GcDocument } from '../gc-document.ts';
import { exactly } from './exactly.ts';
import { finding, whole } from './values.ts';

const unused = z.strictObject({
  kind: z.enum([
    'environment',
    'bundle',
    'data',
    'weights',
    'tokens',
    'tokenizer',
    'source',
    'trainer',
    'unfinished',
    'trash',
  ]),
  path: z.string().describe('Below the workspace'),
  bytes: whole,
  reason: z.string().describe('Why nothing refers to it'),
  outcome: z
    .enum(['removed', 'busy', 'failed', 'listed'])
    .describe('busy: it came into use meanwhile; listed: nothing was done'),
});

const workspace = z.strictObject({
  path: z.string(),
  unused: z.array(unused),
  freed: whole.describe('Bytes of those that were removed'),
  kept: z.array(z.string()).describe('Why what is whole was kept, all of it'),
});

export const gcDocument = exactly<GcDocument>()(
  z.strictObject({
    format_version: z.literal('1.0'),
    workspaces: z.array(workspace),
    findings: z.array(finding),
  }),
);
