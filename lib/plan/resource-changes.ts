/** Plans as programs read them: Terraform's `resource_changes`, with an `sft` object for what Terraform has no word for. */
import { type Sha, sha256 } from '../base/hash.ts';
import type { Json } from '../base/json.ts';
import type { Finding } from '../finding.ts';
import type { Manifest, Resource } from '../manifest.ts';
import type { GitState } from '../state/attempt.ts';
import { plainJob } from '../state/record.ts';
import type { Verb } from './decide.ts';
import type { Drift } from './drift-kinds.ts';
import { hasChanges, type JobStep, type PlanBody, type Step } from './step.ts';

/** Terraform's words for what happens to a resource. */
export type Action = 'no-op' | 'create' | 'update' | 'delete';

/** A new run stands beside the old, so nothing is deleted for it. */
const actions: Readonly<Record<Verb, Action>> = {
  none: 'no-op',
  create: 'create',
  'new-run': 'create',
  adopt: 'update',
  update: 'update',
  attempt: 'update',
  move: 'update',
  repair: 'update',
  rename: 'update',
  refresh: 'update',
  stop: 'delete',
  forget: 'delete',
};

/** What happens to one resource. */
export interface ResourceChange {
  /** Unique in its stack. */
  readonly address: string;
  /** Where it is recorded, if the program has renamed it. */
  readonly previous_address?: string;
  /** The stack's id. */
  readonly stack: string;
  /** `train`, or what an artifact is made as. */
  readonly type: string;
  /** The last part of the address. */
  readonly name: string;
  /** In Terraform's form; `before` and `after` are null where there is nothing. */
  readonly change: { readonly actions: readonly Action[]; readonly before: Json; readonly after: Json };
  /** What Terraform has no word for; its schema has each field. docs/decisions.md explains the verbs. */
  readonly sft: { readonly verb: Verb; readonly because: string; readonly [more: string]: unknown };
}

/** The plan of one stack, without its resources. */
export interface StackSummary {
  /** Its id. */
  readonly stack: string;
  /** Of the plan; absent where it was not sealed. */
  readonly hash?: Sha;
  /** The state that it was made from; no lineage where there was none yet. */
  readonly base: { readonly lineage?: string; readonly serial: number };
  /** Of the project's repository; absent where it is in none. */
  readonly git?: GitState;
  /** What the target shows that the state does not say, apart from what the program has changed. */
  readonly drift: readonly Drift[];
  /** Whether apply would do anything. */
  readonly changes: boolean;
  /** What the program was given from outside (`sft plan -c KEY=VALUE`), and what it read: docs/constructs.md. */
  readonly context?: Readonly<Record<string, string | null>>;
  /** Environment variables that the program read: the beginning of the hash of each value; null: it was not set. */
  readonly environment?: Readonly<Record<string, string | null>>;
  /** Warnings and notes. */
  readonly findings: readonly Finding[];
}

/** What `sft plan --json` and `sft show --json` print. */
export interface PlanDocument {
  /** Grows where a program that reads it must be changed. */
  readonly format_version: '1.0';
  /** Of the `sft` that made it. */
  readonly tool_version: string;
  /** Where the document holds one stack. */
  readonly stack?: string;
  /** One a stack. */
  readonly stacks: readonly StackSummary[];
  /** Of all stacks, those that nothing happens to among them. */
  readonly resource_changes: readonly ResourceChange[];
}

function shownValue(resource: Resource | undefined): Json {
  if (!resource) return null;
  if (resource.life === 'artifact') return { key: resource.key, spec: resource.spec };
  const { identity, settings, layout, derived } = plainJob(resource);
  return { identity, settings, layout, derived } as unknown as Json;
}

function beforeOf(step: Step, after: Json): Json {
  if (step.life === 'artifact') return step.seen === 'whole' || step.seen === 'altered' ? after : null;
  return shownValue(step.before);
}

function actionOf(step: Step, before: Json): Action {
  if (step.verb === 'adopt' || step.verb === 'attempt') return before === null ? 'create' : 'update';
  if (step.verb === 'create') return before === null ? 'create' : 'update';
  return actions[step.verb];
}

/** Their contents are in the files themselves and in a saved plan: here each is told by its hashes. */
function filesOf(files: JobStep['files']): unknown {
  if (files === undefined || files === 'unknown') return files;
  return files.map(({ path, before, after }) => ({
    path,
    before: before === undefined ? null : sha256(before),
    after: after ?? null,
  }));
}

function details(step: Step): ResourceChange['sft'] {
  const { verb, because, seen } = step;
  if (step.life === 'artifact') return { verb, because, seen };
  const { change, fields, resume, derived, attempt, token, checkpoint, beside } = step;
  const { begins, protected: kept, ignored, files, rows, evidence } = step;
  const start = attempt === undefined ? {} : { attempt, ...(token === undefined ? {} : { token }) };
  const more = {
    ...(resume ? { resume } : {}),
    ...(derived ? { derived } : {}),
    ...(kept ? { protected: kept } : {}),
    ...(ignored ? { ignored } : {}),
    ...(begins ? { begins } : {}),
    ...(files ? { files: filesOf(files) } : {}),
    ...(rows ? { rows } : {}),
    ...(evidence ? { evidence } : {}),
  };
  return { verb, because, seen, class: change, fields, ...more, ...start, checkpoint, beside };
}

function changeOf(step: Step, stack: string, resources: ReadonlyMap<string, Resource>): ResourceChange {
  const resource = resources.get(step.address);
  const after = shownValue(resource);
  const before = beforeOf(step, after);
  const where = resource?.where ?? (step.life === 'job' ? step.before?.where : undefined);
  return {
    address: step.address,
    ...(step.life === 'job' && step.from !== undefined ? { previous_address: step.from } : {}),
    stack,
    type: step.type,
    name: step.address.split('/').at(-1) ?? step.address,
    change: { actions: [actionOf(step, before)], before, after },
    sft: { ...details(step), ...(where ? { where } : {}) },
  };
}

function givenOf({ context, environment }: Manifest): Pick<StackSummary, 'context' | 'environment'> {
  return { ...(context ? { context } : {}), ...(environment ? { environment } : {}) };
}

/** One document for all stacks of a command. */
export function resourceChanges(tool: string, plans: readonly (PlanBody & { readonly hash?: Sha })[]): PlanDocument {
  const [first, ...others] = plans;
  return {
    format_version: '1.0',
    tool_version: tool,
    ...(first && others.length === 0 ? { stack: first.stack } : {}),
    stacks: plans.map((plan) => ({
      stack: plan.stack,
      ...(plan.hash === undefined ? {} : { hash: plan.hash }),
      base: plan.base,
      ...(plan.git ? { git: plan.git } : {}),
      ...givenOf(plan.manifest),
      drift: plan.drift ?? [],
      changes: hasChanges(plan),
      findings: plan.findings,
    })),
    resource_changes: plans.flatMap((plan) => {
      const resources = new Map(plan.manifest.resources.map((resource) => [resource.address, resource]));
      return plan.steps.map((step) => changeOf(step, plan.stack, resources));
    }),
  };
}
