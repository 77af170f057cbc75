/** The settings of one run, resolved: what `Job.settings` holds, and the paths that plans and messages name. */
import * as z from 'zod';
import type { SettingMeta } from './change.ts';
import { localCluster, slurmCluster, sshCluster } from './cluster.ts';
import { sourceFile } from './data-file.ts';
import { fileDataset, hubDataset, resolvedFormat, resolvedTemplate } from './dataset.ts';
import { resolvedMix } from './dataset-mix.ts';
import { evaluationPath, resolvedEvaluation } from './dataset-parts.ts';
import { method } from './method.ts';
import { configModel, hubModel, pathModel, runModel } from './model.ts';
import { setting, settings } from './table.ts';
import { training } from './training.ts';
import { zero } from './zero.ts';

const contents = setting(z.array(sourceFile), {
  class: 'semantic',
  doc: 'Content of the data files: name, SHA-256, size, type where it is not JSON, encoding where it is not UTF-8. Read from the files, not written by hand.',
  place: 'train.json#/data/files',
});

export const run = z.strictObject({
  ...training.shape,
  model: z.discriminatedUnion('source', [
    hubModel.extend({ source: z.literal('hub') }),
    pathModel.extend({ source: z.literal('path') }),
    configModel.extend({ source: z.literal('config') }),
    runModel.extend({ source: z.literal('run') }),
  ]),
  data: z.discriminatedUnion('source', [
    fileDataset.extend({
      source: z.literal('file'),
      files: contents,
      format: resolvedFormat,
      template: resolvedTemplate,
      evaluation: resolvedEvaluation,
      evaluationPath,
      mix: resolvedMix,
    }),
    hubDataset.extend({ source: z.literal('hub'), template: resolvedTemplate, evaluation: resolvedEvaluation }),
  ]),
  method,
  zero: zero.optional(),
  cluster: z.discriminatedUnion('kind', [
    localCluster.extend({ kind: z.literal('local') }),
    sshCluster.extend({ kind: z.literal('ssh') }),
    slurmCluster.extend({ kind: z.literal('slurm') }),
  ]),
});

type Parsed = z.output<typeof run>;
/** `batch.global` is always there once resolved. */
export type RunSettings = Omit<Parsed, 'batch'> & { batch: { micro: number; global: number } };

export interface TableRow extends SettingMeta {
  readonly path: string;
  readonly schema: z.ZodType;
}

function children(schema: z.ZodType): [string, z.ZodType][] {
  if (schema instanceof z.ZodObject) return Object.entries(schema.shape) as [string, z.ZodType][];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return children(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => children(option as z.ZodType));
  return [];
}

function walk(schema: z.ZodType, path: string, rows: Map<string, TableRow>): void {
  const meta = settings.get(schema);
  if (meta) rows.set(path, { ...meta, path, schema });
  // A setting is a leaf of the table, also where its value is an object (warmup, checkpoints).
  else for (const [key, child] of children(schema)) walk(child, path === '' ? key : `${path}.${key}`, rows);
}

let rows: ReadonlyMap<string, TableRow> | undefined;

/** Every setting by its path, in the order of the schemas. */
export function settingsTable(): ReadonlyMap<string, TableRow> {
  if (!rows) {
    const found = new Map<string, TableRow>();
    walk(run, '', found);
    rows = found;
  }
  return rows;
}
