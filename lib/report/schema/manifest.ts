/** `synth/<stack>/manifest.json`. */
import * as z from 'zod';
import { manifestFormat } from '../../manifest.ts';
import { run } from '../../settings/run.ts';
import { anyObject, derived, finding, ignoredChange, layout, move, sha, where } from './values.ts';

const base = {
  address: z.string().describe('Unique in the stack'),
  needs: z.array(z.string()).describe('Addresses that must be whole before this one'),
  begins: z
    .exactOptional(z.strictObject({ address: z.string(), identity: sha, born: z.exactOptional(z.string()) }))
    .describe('The run whose result it is made from'),
  where,
};

const artifact = z.strictObject({
  life: z.literal('artifact'),
  make: z.enum(['environment', 'bundle', 'data', 'weights']),
  key: sha.describe('Hash of what shaped it'),
  spec: anyObject,
  ...base,
});

export const job = z.strictObject({
  life: z.literal('job'),
  does: z.literal('train'),
  identity: sha,
  born: z.exactOptional(z.string()).describe('The address of its first start, where it was renamed since'),
  settings: run,
  layout,
  derived,
  program: z.string(),
  context: z.exactOptional(z.record(z.string(), z.string())),
  ignoreChanges: z.exactOptional(z.array(z.string())),
  ignored: z.exactOptional(z.array(ignoredChange)),
  folder: z.string(),
  ...base,
});

export const manifestFile = z.strictObject({
  '//': z.string(),
  format: z.literal(manifestFormat),
  stack: z.string(),
  program: z.string(),
  context: z.exactOptional(z.record(z.string(), z.nullable(z.string()))),
  environment: z.exactOptional(z.record(z.string(), z.nullable(z.string()))),
  pins: z.exactOptional(
    z.array(
      z.strictObject({
        kind: z.enum(['model', 'dataset']),
        id: z.string(),
        revision: z.string(),
        commit: z.nullable(z.string().regex(/^[0-9a-f]{40}$/)),
      }),
    ),
  ),
  target: z.exactOptional(
    z.strictObject({
      kind: z.enum(['local', 'ssh', 'slurm']),
      construct: z.string(),
      workspace: z.string(),
      settings: anyObject,
    }),
  ),
  moved: z.exactOptional(z.array(move)),
  resources: z.array(z.discriminatedUnion('life', [artifact, job])),
  findings: z.array(finding),
  files: z.array(z.strictObject({ path: z.string(), sha256: sha, mode: z.enum(['644', '755']) })),
});
