/** The schemas that constructs are checked against, by name. */
import * as z from 'zod';
import { localCluster, slurmCluster, sshCluster } from './cluster.ts';
import { fileDataset, writtenHubDataset } from './dataset.ts';
import { writtenMix } from './dataset-mix.ts';
import { method } from './method.ts';
import { configModel, hubModel, pathModel, writtenRunModel } from './model.ts';
import { inherited } from './override-schema.ts';
import { stackSettings } from './stack.ts';
import { training } from './training.ts';
import { zero } from './zero.ts';

/** The references and blocks of a FineTune, so that their misspelt names get a hint too. */
const fineTune = training.extend({
  model: z.unknown().optional(),
  data: z.unknown().optional(),
  cluster: z.unknown().optional(),
  method: z.unknown().optional(),
  zero: z.unknown().optional(),
  ignoreChanges: z.array(z.string()).optional(),
});

export const schemas = {
  'model.hub': hubModel.extend({ overrides: inherited }),
  'model.path': pathModel.extend({ overrides: inherited }),
  'model.config': configModel.extend({ overrides: inherited }),
  'model.run': writtenRunModel.extend({ overrides: inherited }),
  'dataset.file': fileDataset.extend({ overrides: inherited }),
  'dataset.hub': writtenHubDataset.extend({ overrides: inherited }),
  'dataset.mix': writtenMix.extend({ overrides: inherited }),
  'cluster.local': localCluster.extend({ overrides: inherited }),
  'cluster.ssh': sshCluster.extend({ overrides: inherited }),
  'cluster.slurm': slurmCluster.extend({ overrides: inherited }),
  app: z.strictObject({ overrides: inherited }),
  stack: stackSettings,
  fineTune,
  method,
  zero,
} as const;

export type SchemaName = keyof typeof schemas;
export type SchemaOutput<Name extends SchemaName> = z.output<(typeof schemas)[Name]>;
