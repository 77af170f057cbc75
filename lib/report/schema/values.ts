/** Parts that several documents share. Each is held to its type by the compiler, and to real output by a test. */
import * as z from 'zod';
import type { Move } from '../../base/moves.ts';
import type { Finding, Where } from '../../finding.ts';
import type { Derived, IgnoredChange, Layout } from '../../manifest.ts';
import type { GitState, Provenance, Revisions } from '../../state/attempt.ts';
import { exactly } from './exactly.ts';

export const sha = z.string().regex(/^[0-9a-f]{64}$/);
export const version = z.literal('1.0');
export const whole = z.int().min(0);
/** Any JSON object: what is in it is another program's affair. */
export const anyObject = z.record(z.string(), z.any());

export const where = exactly<Where>()(
  z.strictObject({
    construct: z.exactOptional(z.string()),
    at: z.exactOptional(z.string()).describe('file:line:column, the file relative to the project’s folder'),
    path: z.exactOptional(z.string()),
  }),
);

export const finding = exactly<Finding>()(
  z.strictObject({
    id: z.string().describe('sft explain ID says more'),
    severity: z.enum(['error', 'warning', 'note']),
    where,
    given: z.exactOptional(z.any()),
    message: z.string(),
    fix: z.string(),
    count: z.exactOptional(whole),
  }),
);

export const layout = exactly<Layout>()(
  z.strictObject({
    target: z.enum(['local', 'ssh', 'slurm']),
    hosts: z.array(z.string()),
    nodes: z.int().min(1),
    processesPerHost: z.int().min(1),
    device: z.enum(['cpu', 'gpu']),
    launcher: z.enum(['python', 'torchrun', 'deepspeed']),
  }),
);

export const derived = exactly<Derived>()(
  z.strictObject({
    world: z.int().min(1),
    microBatch: z.int().min(1),
    accumulation: z.int().min(1),
    globalBatch: z.int().min(1),
    rows: z.exactOptional(whole),
    evaluationRows: z.exactOptional(whole),
    stepsPerEpoch: z.exactOptional(whole),
    steps: z.exactOptional(whole),
    warmupSteps: z.exactOptional(whole),
  }),
);

export const ignoredChange = exactly<IgnoredChange>()(
  z.strictObject({
    path: z.string(),
    kept: z.exactOptional(z.any()),
    written: z.exactOptional(z.any()),
  }),
);

export const git = exactly<GitState>()(
  z.strictObject({
    commit: z.string(),
    dirty: z.boolean(),
    difference: z.exactOptional(sha),
  }),
);

export const provenance = exactly<Provenance>()(
  z.strictObject({ plan: sha.describe('Hash of the plan that asked for the start'), git: z.exactOptional(git) }),
);

export const revisions = exactly<Revisions>()(
  z.strictObject({ model: z.exactOptional(z.string()), data: z.exactOptional(z.string()) }),
);

export const move = exactly<Move>()(z.strictObject({ from: z.string(), to: z.string() }));
