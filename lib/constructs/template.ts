/** The template of a dataset: the rows' format decides which is the usual one, so it comes behind them. */

import type { PartCounts } from '../data/part.ts';
import { type ReadTemplate, readTemplate } from '../data/template/given.ts';
import type { Where } from '../finding.ts';
import type { FixCounts } from '../settings/fixes.ts';
import type { FileDatasetInput } from '../settings/inputs/dataset.ts';
import type { Parsed } from '../settings/parsed.ts';
import type { RunSettings } from '../settings/run.ts';

/** What a mix takes of one of its parts. */
export interface Mixed {
  /** Of the dataset, as the program calls it. */
  readonly name: string;
  /** Rows that are taken. */
  readonly rows: number;
  /** Rows that its `fix` leaves out. */
  readonly fixed?: FixCounts;
}

export interface ResolvedData {
  readonly settings: RunSettings['data'];
  /** Rows of the file; undefined for a hub dataset, which is read on the node. */
  readonly rows?: number;
  /** Of these, what is learnt from and evaluated on; a Hub dataset has none yet. */
  readonly counts?: PartCounts;
  /** Of those that are taken, how many are held out by what they say, where that is asked for. */
  readonly held?: number;
  /** Rows that `fix` leaves out; they are not among `rows`. */
  readonly fixed?: FixCounts;
  /** Of a mix: what is taken of each part, in their order. */
  readonly mixed?: readonly Mixed[];
  /** Its template, where it is not the model's own. */
  readonly template?: Pick<ReadTemplate, 'text' | 'marksAnswers'>;
}

export interface Place {
  readonly project: string;
  readonly where: Where;
}

/** `props`: as the dataset was written, and found to be right. */
export function withTemplate(
  props: unknown,
  resolved: Parsed<ResolvedData>,
  { project, where }: Place,
): Parsed<ResolvedData> {
  const { value } = resolved;
  if (!value) return resolved;
  const { template: given } = props as Pick<FileDatasetInput, 'template'>;
  const { template, text, marksAnswers, findings } = readTemplate(project, given, value.settings.format, where);
  const all = [...resolved.findings, ...findings];
  if (all.some(({ severity }) => severity === 'error')) return { findings: all };
  if (template === undefined) return { value, findings: all };
  const settings = { ...value.settings, template };
  return { value: { ...value, settings, template: { text, marksAnswers } }, findings: all };
}
