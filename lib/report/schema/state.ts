/** Documents of `sft state`. */
import * as z from 'zod';
import { causes } from '../../base/events.ts';
import { type Recorded, type StateFile, stateFormat } from '../../state/state.ts';
import type { StateListDocument, StateMoveDocument, StatePushDocument, StateRemoveDocument } from '../documents.ts';
import { exactly } from './exactly.ts';
import { job } from './manifest.ts';
import { anyObject, layout, move, provenance, revisions, sha, version, whole } from './values.ts';

export const stateList = exactly<StateListDocument>()(
  z.strictObject({
    format_version: version,
    runs: z.array(z.strictObject({ run: z.string(), identity: sha, attempts: whole })),
  }),
);

export const stateMove = exactly<StateMoveDocument>()(
  z.strictObject({ format_version: version, stack: z.string(), moved: z.array(move) }),
);

export const stateRemove = exactly<StateRemoveDocument>()(z.strictObject({ format_version: version, run: z.string() }));

export const statePush = exactly<StatePushDocument>()(
  z.strictObject({ format_version: version, stack: z.string(), serial: z.exactOptional(whole) }),
);

const attempt = z.strictObject({
  n: z.int().min(1),
  token: sha,
  handle: z.exactOptional(z.string()),
  layout,
  zeroStage: z.exactOptional(whole),
  microBatch: z.exactOptional(z.int().min(1)),
  offload: z.exactOptional(z.array(z.string())),
  end: z.exactOptional(z.enum(causes)),
  revisions: z.exactOptional(revisions),
  provenance,
});

const run = z.strictObject({
  // Settings stay as the version recorded them that applied them.
  resource: job.extend({ settings: anyObject }),
  attempts: z.array(attempt),
  artifacts: z.record(
    z.string(),
    z.strictObject({ make: z.enum(['environment', 'bundle', 'data', 'weights']), key: sha }),
  ),
  appliedBy: sha.describe('Hash of the plan'),
  moving: z.exactOptional(sha),
});

export const recorded = exactly<Recorded>()(
  run.extend({ address: z.string(), superseded: z.exactOptional(z.array(run)) }),
);

export const stateFile = exactly<StateFile>()(
  z.strictObject({
    hash: sha.describe('Of all bytes after its line'),
    format: z.literal(stateFormat),
    tool: z.string(),
    stack: z.string(),
    lineage: z.string(),
    serial: whole,
    epoch: whole,
    writtenBy: z.strictObject({ plan: sha, since: whole }),
    journal: whole,
    open: z.exactOptional(z.array(whole)).describe('Lines of the journal whose start is still unknown'),
    recorded: z.array(recorded),
  }),
);
