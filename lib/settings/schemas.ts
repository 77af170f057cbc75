/** The schemas that constructs are checked against, by name. */
import * as z from 'zod';
import { localCluster, slurmCluster, sshCluster } from './cluster.ts';
import { fileDataset, hubDataset } from './dataset.ts';
import { method } from './method.ts';
import { configModel, hubModel, pathModel, writtenRunModel } from './model.ts';
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
  'model.hub': hubModel,
  'model.path': pathModel,
  'model.config': configModel,
  'model.run': writtenRunModel,
  'dataset.file': fileDataset,
  'dataset.hub': hubDataset,
  'cluster.local': localCluster,
  'cluster.ssh': sshCluster,
  'cluster.slurm': slurmCluster,
  stack: stackSettings,
  fineTune,
  method,
  zero,
} as const;

export type SchemaName = keyof typeof schemas;
export type SchemaOutput<Name extends SchemaName> = z.output<(typeof schemas)[Name]>;
