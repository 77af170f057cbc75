/** The document of `sft plan --json` and `sft show --json`. */
import * as z from 'zod';
import { changed, results, seen } from '../../plan/decide.ts';
import { driftKinds, driftNames } from '../../plan/drift-kinds.ts';
import { grades } from '../../plan/move.ts';
import type { PlanDocument } from '../../plan/resource-changes.ts';
import { changes } from '../../settings/change.ts';
import { anyObject, derived, finding, git, ignoredChange, sha, version, where, whole } from './values.ts';

const verb = z.enum([
  'none',
  'create',
  'update',
  'attempt',
  'move',
  'new-run',
  'adopt',
  'repair',
  'rename',
  'refresh',
  'stop',
  'forget',
]);

const step = { verb, because: z.string(), where: z.exactOptional(where) };

const artifactStep = z.strictObject({ ...step, seen: z.enum(['whole', 'altered', 'absent', 'unknown']) });

const fieldChange = z.strictObject({
  path: z.string(),
  before: z.exactOptional(z.any()),
  after: z.exactOptional(z.any()),
  class: z.enum(changes),
  reason: z.string(),
  grade: z.exactOptional(z.enum(grades)).describe('Placement: how far a checkpoint loads after the change'),
});

const rowChanges = z.strictObject({
  before: whole,
  after: whole,
  added: whole,
  removed: whole,
  changed: whole.describe('Gone, and there again with the same question'),
  examples: z.array(
    z.strictObject({
      change: z.enum(['added', 'removed', 'changed']),
      file: z.string(),
      row: z.int().min(1),
      line: z.exactOptional(z.int().min(1)),
      text: z.string(),
    }),
  ),
});

const partTokens = z.strictObject({
  rows: whole.describe('That come in'),
  dropped: z
    .strictObject({
      cutOff: whole.describe('Nothing is left to learn at the maximum length'),
      untrained: whole.describe('There was nothing to learn'),
      tooLong: z.exactOptional(whole).describe('Longer than the maximum length, where a fix drops such rows'),
    })
    .describe('Rows that are left out'),
  split: z
    .exactOptional(z.strictObject({ rows: whole, into: whole }))
    .describe('Rows that are longer than the maximum length, where a fix makes several of each'),
  cut: whole.describe('Rows that lose tokens, and are learnt from'),
  tokensBefore: whole.describe('Of all rows, before anything is cut'),
  sequences: whole.describe('That are trained on: a row each, but where rows are packed'),
  tokens: whole.describe('Of these'),
  trainedTokens: whole.describe('Those of them whose loss counts'),
});

const dataEvidence = z.strictObject({
  maxLength: z.exactOptional(z.int().min(1)),
  packing: z.exactOptional(z.literal(true)),
  tokens: z.union([
    z.strictObject({
      tokenizer: sha,
      isLoaded: z
        .boolean()
        .describe('By the tokenizer that the trainer has loaded; else by the tokenizer.json of a repository'),
      train: partTokens,
      evaluation: z.exactOptional(partTokens).describe('Held out'),
    }),
    z.strictObject({
      unknown: z.string().describe('Why'),
      fix: z.exactOptional(z.string()).describe('What makes them known'),
    }),
  ]),
});

const jobStep = z.strictObject({
  ...step,
  seen: z.enum(seen),
  class: z.enum(changed),
  fields: z.array(fieldChange),
  ignored: z.exactOptional(z.array(ignoredChange)).describe('Changed in the program, and kept as recorded'),
  files: z
    .exactOptional(
      z.union([
        z.literal('unknown'),
        z.array(z.strictObject({ path: z.string(), before: z.nullable(sha), after: z.nullable(sha) })),
      ]),
    )
    .describe('Synthesised files that differ from those applied, with their hashes; unknown: those were not kept'),
  rows: z
    .exactOptional(z.union([z.literal('unknown'), rowChanges]))
    .describe('Rows of its data files that are others than those applied; unknown: those are not at hand'),
  evidence: z
    .exactOptional(z.strictObject({ after: dataEvidence, before: z.exactOptional(dataEvidence) }))
    .describe('What is known of the rows that it takes; before: of those that it took as it was applied'),
  resume: z
    .exactOptional(z.strictObject({ grade: z.enum(grades), because: z.string(), allowed: z.boolean() }))
    .describe(
      'Where it goes on in another layout: how far its checkpoints load there, and whether --allow-move was given',
    ),
  derived: z.exactOptional(z.strictObject({ before: z.exactOptional(derived), after: z.exactOptional(derived) })),
  attempt: z.exactOptional(z.int().min(1)),
  token: z.exactOptional(sha),
  protected: z.exactOptional(z.literal(true)).describe('A plan that would remove or supersede it is refused'),
  begins: z
    .exactOptional(
      z.strictObject({
        run: z.string(),
        use: z.enum(['adapter', 'merged', 'model']),
        result: z.enum(results),
        blocked: z.exactOptional(z.literal(true)),
      }),
    )
    .describe('The run whose result it begins with; coming: known after apply, which waits for it'),
  checkpoint: whole,
  beside: z.array(z.strictObject({ identity: sha, seen: z.enum(seen) })),
});

const resourceChange = z.strictObject({
  address: z.string(),
  previous_address: z.exactOptional(z.string()).describe('Where it is recorded, if the program has renamed it'),
  stack: z.string(),
  type: z.enum(['environment', 'bundle', 'data', 'weights', 'train']),
  name: z.string(),
  change: z.strictObject({
    actions: z.array(z.enum(['no-op', 'create', 'update', 'delete'])),
    before: z.nullable(anyObject),
    after: z.nullable(anyObject),
  }),
  sft: z.union([jobStep, artifactStep]),
});

const drift = z.strictObject({
  address: z.string(),
  kind: z.enum(driftKinds).describe('progress: a run went on as runs do; harmful: something was taken away or changed'),
  what: z.enum(driftNames),
  message: z.string(),
  remedy: z.exactOptional(z.enum(['recorded', 'repaired'])).describe('What apply does about it'),
});

export const planDocument = z.strictObject({
  format_version: version,
  tool_version: z.string(),
  stack: z.exactOptional(z.string()).describe('Where the document holds one stack'),
  stacks: z.array(
    z.strictObject({
      stack: z.string(),
      hash: z.exactOptional(sha),
      base: z.strictObject({ lineage: z.exactOptional(z.string()), serial: whole }),
      git: z.exactOptional(git),
      context: z.exactOptional(z.record(z.string(), z.nullable(z.string()))),
      environment: z.exactOptional(z.record(z.string(), z.nullable(z.string()))),
      drift: z.array(drift).describe('What the target shows that the state does not say'),
      changes: z.boolean(),
      findings: z.array(finding),
    }),
  ),
  resource_changes: z.array(resourceChange),
}) satisfies z.ZodType<PlanDocument>;
