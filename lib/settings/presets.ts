/**
 * Datasets of the Hub that people name by a word: what they are called there and how their rows are written. Rows and
 * columns are those of the dataset's card or repository, which `source` names.
 */
import type { Columns, Format } from './formats.ts';

export interface Preset {
  /** Its id on the Hub. */
  readonly hub: string;
  readonly format: Format;
  /** What it calls the columns of the format. */
  readonly columns?: Columns;
  /** Its own columns, in their order. */
  readonly has: readonly string[];
  readonly licence: string;
  readonly source: string;
}

export const presets = {
  alpaca: {
    hub: 'tatsu-lab/alpaca',
    format: 'alpaca',
    has: ['instruction', 'input', 'output', 'text'],
    licence: 'CC BY-NC 4.0',
    source: 'github.com/tatsu-lab/stanford_alpaca',
  },
  dolly: {
    hub: 'databricks/databricks-dolly-15k',
    format: 'alpaca',
    columns: { input: 'context', output: 'response' },
    has: ['instruction', 'context', 'response', 'category'],
    licence: 'CC BY-SA 3.0',
    source: 'github.com/databrickslabs/dolly',
  },
  wizardlm: {
    hub: 'WizardLMTeam/WizardLM_evol_instruct_70k',
    format: 'alpaca',
    has: ['instruction', 'output'],
    licence: 'MIT on the Hub; CC BY-NC 4.0 in its repository',
    source: 'github.com/nlpxucan/WizardLM',
  },
  'wizardlm-v2': {
    hub: 'WizardLMTeam/WizardLM_evol_instruct_V2_196k',
    format: 'sharegpt',
    has: ['idx', 'conversations'],
    licence: 'MIT on the Hub',
    source: 'github.com/nlpxucan/WizardLM',
  },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];

/** What a preset says of a dataset, so that it need not be written. */
export function ofPreset(name: PresetName): Pick<Preset, 'format' | 'columns'> & { readonly id: string } {
  const { hub: id, format, columns }: Preset = presets[name];
  return { id, format, ...(columns ? { columns } : {}) };
}
