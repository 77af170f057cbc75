/** Parts that several documents share. Each is held to its type by the compiler, and to real output by a test. */
import * as z from 'zod';
import type { Finding, Where } from '../../finding.ts';
import type { Derived, IgnoredChange, Layout } from '../../manifest.ts';
import type { GitState } from '../../state/attempt.ts';

export const sha = z.string().regex(/^[0-9a-f]{64}$/);
export const whole = z.int().min(0);
/** Any JSON object: what is in it is another program's affair. */
export const anyObject = z.record(z.string(), z.any());

export const where = z.strictObject({
  construct: z.exactOptional(z.string()),
  at: z.exactOptional(z.string()).describe('file:line:column, the file relative to the project’s folder'),
  path: z.exactOptional(z.string()),
}) satisfies z.ZodType<Where>;

export const finding = z.strictObject({
  id: z.string().describe('sft explain ID says more'),
  severity: z.enum(['error', 'warning', 'note']),
  where,
  given: z.exactOptional(z.any()),
  message: z.string(),
  fix: z.string(),
  count: z.exactOptional(whole),
}) satisfies z.ZodType<Finding>;

export const layout = z.strictObject({
  target: z.enum(['local', 'ssh', 'slurm']),
  hosts: z.array(z.string()),
  nodes: z.int().min(1),
  processesPerHost: z.int().min(1),
  device: z.enum(['cpu', 'gpu']),
  launcher: z.enum(['python', 'torchrun', 'deepspeed']),
}) satisfies z.ZodType<Layout>;

export const derived = z.strictObject({
  world: z.int().min(1),
  microBatch: z.int().min(1),
  accumulation: z.int().min(1),
  globalBatch: z.int().min(1),
  rows: z.exactOptional(whole),
  evaluationRows: z.exactOptional(whole),
  stepsPerEpoch: z.exactOptional(whole),
  steps: z.exactOptional(whole),
  warmupSteps: z.exactOptional(whole),
}) satisfies z.ZodType<Derived>;

export const ignoredChange = z.strictObject({
  path: z.string(),
  kept: z.exactOptional(z.any()),
  written: z.exactOptional(z.any()),
}) satisfies z.ZodType<IgnoredChange>;

export const git = z.strictObject({
  commit: z.string(),
  dirty: z.boolean(),
  difference: z.exactOptional(sha),
}) satisfies z.ZodType<GitState>;
