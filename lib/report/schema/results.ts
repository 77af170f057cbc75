/** Documents of commands that print one when they are through. */
import * as z from 'zod';
import { seen } from '../../plan/decide.ts';
import type {
  AdoptDocument,
  CancelDocument,
  CheckDocument,
  ExplainDocument,
  ExportDocument,
  FailureDocument,
  OutputDocument,
  StatusDocument,
  SynthDocument,
  UnlockDocument,
  ValidateDocument,
} from '../documents.ts';
import { exactly } from './exactly.ts';
import { finding, git, revisions, sha, version, whole } from './values.ts';

export const synthDocument = exactly<SynthDocument>()(
  z.strictObject({
    format_version: version,
    stacks: z.array(
      z.strictObject({
        stack: z.string(),
        folder: z.string().describe('Relative to the project’s folder'),
        written: whole,
        unchanged: whole,
        removed: whole,
        kept: z.array(z.string()).describe('No longer made, but edited by someone, and so left'),
      }),
    ),
  }),
);

export const checkDocument = exactly<CheckDocument>()(
  z.strictObject({
    format_version: version,
    differences: z.array(z.strictObject({ path: z.string(), does: z.enum(['add', 'change', 'remove']) })),
  }),
);

export const validateDocument = exactly<ValidateDocument>()(
  z.strictObject({ format_version: version, findings: z.array(finding) }),
);

export const failureDocument = exactly<FailureDocument>()(
  z.strictObject({ format_version: version, exit: z.int().min(1).max(255), findings: z.array(finding) }),
);

const stackRun = z.strictObject({
  stack: z.string(),
  address: z.string(),
  identity: sha,
  current: z.boolean().describe('False for a run that a newer one of other settings stands in front of'),
  state: z.enum(seen),
  attempt: z.exactOptional(z.int().min(1)),
  attempts: whole,
  handle: z.exactOptional(z.string()),
  cause: z.exactOptional(z.string()).describe('Why the newest attempt ended'),
  message: z.exactOptional(z.string()),
  checkpoint: whole.describe('Step of the newest complete one; 0: there is none'),
  step: z.exactOptional(whole),
  maxSteps: z.exactOptional(whole),
  epoch: z.exactOptional(z.number()),
  loss: z.exactOptional(z.number()),
  evaluationLoss: z.exactOptional(z.number()),
  learningRate: z.exactOptional(z.number()),
  tokensPerSecond: z.exactOptional(z.number()),
  secondsLeft: z.exactOptional(z.number()),
  memoryBytes: z.exactOptional(whole),
  resumedFrom: z.exactOptional(whole),
  result: z.exactOptional(z.string()).describe('Relative to the run’s folder'),
});

export const statusDocument = exactly<StatusDocument>()(
  z.strictObject({ format_version: version, runs: z.array(stackRun) }),
);

const loss = z.exactOptional(z.number());

const result = z.strictObject({
  folder: z.string(),
  kind: z.enum(['adapter', 'model']),
  files: z.array(z.strictObject({ path: z.string(), bytes: whole, sha256: sha })),
  loss_first: loss,
  loss_last: loss,
  eval_loss_first: loss,
  eval_loss_last: loss,
  provenance: z
    .exactOptional(z.strictObject({ plan: z.exactOptional(sha), git: z.exactOptional(git) }))
    .describe('Empty where it was started by hand'),
  revisions: z.exactOptional(revisions),
});

export const outputDocument = exactly<OutputDocument>()(
  z.strictObject({
    format_version: version,
    run: z.string(),
    checkpoints: z.array(z.strictObject({ step: whole, path: z.string(), bytes: whole })),
    result: z.exactOptional(result),
  }),
);

export const exportDocument = exactly<ExportDocument>()(
  z.strictObject({ format_version: version, directory: z.string(), scripts: z.array(z.string()) }),
);

export const cancelDocument = exactly<CancelDocument>()(
  z.strictObject({
    format_version: version,
    run: z.string(),
    outcome: z.enum(['cancelled', 'not-running', 'failed', 'unknown']),
    message: z.exactOptional(z.string()),
  }),
);

export const adoptDocument = exactly<AdoptDocument>()(
  z.strictObject({
    format_version: version,
    run: z.string(),
    outcome: z.enum(['adopted', 'known', 'unknown']),
    from: z.exactOptional(z.string()).describe('The folder that became the run’s own, where one was named'),
    attempts: z.array(
      z.strictObject({
        n: z.int().min(1),
        token: sha,
        state: z.enum(['queued', 'running', 'ended', 'lost']),
        cause: z.exactOptional(z.string()),
      }),
    ),
  }),
);

export const unlockDocument = exactly<UnlockDocument>()(
  z.strictObject({ format_version: version, stack: z.string(), unlocked: z.string() }),
);

export const explainDocument = exactly<ExplainDocument>()(
  z.strictObject({
    format_version: version,
    findings: z.array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        why: z.string(),
        example: z.string(),
        fix: z.string(),
        source: z.string(),
      }),
    ),
  }),
);
