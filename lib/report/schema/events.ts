/** Lines of `sft apply --json`, `resume`, `destroy` and `logs`: one of these each. */
import * as z from 'zod';
import { causes, type EngineEvent, type TrainerEvent } from '../../base/events.ts';
import type { DiagnosticLine, EventLine, PlanLine, SummaryLine } from '../event-line.ts';
import { exactly } from './exactly.ts';
import { planDocument } from './plan.ts';
import { finding, sha, whole } from './values.ts';

const time = z.number().describe('Seconds since 1970');
const real = z.number();

const trainer = [
  z.strictObject({
    kind: z.literal('start'),
    time,
    attempt: z.int().min(1),
    token: sha,
    world_size: z.int().min(1),
    versions: z.record(z.string(), z.string()),
    resumed_from: whole,
    max_steps: whole,
    trainable_parameters: whole,
    parameters: whole,
    train_rows: whole,
    trained_tokens: whole,
  }),
  z.strictObject({
    kind: z.literal('step'),
    time,
    step: whole,
    max_steps: whole,
    epoch: real,
    loss: real,
    grad_norm: real,
    learning_rate: real,
    tokens_per_second: real,
    step_seconds: real,
    memory_bytes: whole,
  }),
  z.strictObject({ kind: z.literal('evaluate'), time, step: whole, eval_loss: real }),
  z.strictObject({ kind: z.literal('checkpoint'), time, step: whole, path: z.string(), bytes: whole }),
  z.strictObject({ kind: z.literal('notice'), time, message: z.string() }),
  z.strictObject({ kind: z.literal('sample'), time, memory_bytes: whole, cpu: real }),
  z.strictObject({
    kind: z.literal('end'),
    time,
    cause: z.enum(causes),
    step: whole,
    message: z.exactOptional(z.string()),
    result: z.exactOptional(z.string()),
    next: z.exactOptional(z.int().min(1)),
  }),
] as const;

const trainerEvent = exactly<TrainerEvent>()(z.discriminatedUnion('kind', trainer));

const outcome = z.enum(['done', 'failed', 'skipped']);
const engine = [
  z.strictObject({
    kind: z.literal('plan-step-begin'),
    time,
    address: z.string(),
    verb: z.string(),
    title: z.string(),
  }),
  z.strictObject({ kind: z.literal('plan-step-progress'), time, address: z.string(), line: z.string() }),
  z.strictObject({
    kind: z.literal('plan-step-end'),
    time,
    address: z.string(),
    verb: z.string(),
    outcome,
    message: z.exactOptional(z.string()),
  }),
] as const;

exactly<EngineEvent>()(z.discriminatedUnion('kind', engine));

/** Terraform's names for what the engine does. */
const apply = [
  engine[0].extend({ type: z.literal('apply_start') }),
  engine[1].extend({ type: z.literal('apply_progress') }),
  engine[2].extend({ type: z.enum(['apply_complete', 'apply_errored']) }),
];

const runEvents = trainer.map((event) =>
  event.extend({ type: z.literal('run_event'), stack: z.string(), address: z.string() }),
);

const plan = z.strictObject({ type: z.literal('plan'), plan: planDocument }) satisfies z.ZodType<PlanLine>;

const diagnostic = exactly<DiagnosticLine>()(
  z.strictObject({
    type: z.literal('diagnostic'),
    address: z.string(),
    verb: z.string(),
    outcome: z.enum(['done', 'failed', 'skipped', 'unknown', 'interrupted']),
    message: z.exactOptional(z.string()),
    findings: z.exactOptional(z.array(finding)),
    attempt: z.exactOptional(z.int().min(1)),
    handle: z.exactOptional(z.string()),
  }),
);

const summary = exactly<SummaryLine>()(
  z.strictObject({
    type: z.literal('change_summary'),
    stack: z.string(),
    done: z.exactOptional(whole),
    exit: z.int(),
  }),
);

export const eventLine = z.union([
  trainerEvent,
  plan,
  ...apply,
  ...runEvents,
  diagnostic,
  summary,
]) satisfies z.ZodType<EventLine>;
