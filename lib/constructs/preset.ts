/** A dataset of the Hub that is named by a preset, written out: the run is the one that it would be without. */
import type { Finding, Where } from '../finding.ts';
import type { Parsed } from '../settings/parsed.ts';
import { ofPreset, presetNames, presets } from '../settings/presets.ts';
import type { SchemaOutput } from '../settings/schemas.ts';

type Written = SchemaOutput<'dataset.hub'>;
export type HubData = Omit<Written, 'preset' | 'id'> & { readonly id: string };

/** What a preset says already. */
const said = ['id', 'format', 'columns'] as const;

/** `props`: as it was written, without defaults. */
export function withPreset(props: unknown, { preset, id, ...own }: Written, where: Where): Parsed<HubData> {
  if (preset === undefined)
    return id === undefined ? { findings: [missing(where)] } : { value: { ...own, id }, findings: [] };
  const given = props as Readonly<Record<string, unknown>>;
  const twice = said.filter((name) => given[name] !== undefined);
  if (twice.length === 0) return { value: { ...own, ...ofPreset(preset) }, findings: [] };
  return { findings: twice.map((name) => bothSay(name, preset, where)) };
}

function missing(where: Where): Finding {
  const fix = `Give the dataset’s id on the Hub, or a preset: ${presetNames.join(', ')}.`;
  return { id: 'setting/missing', severity: 'error', where: { ...where, path: 'id' }, message: 'id is missing.', fix };
}

function bothSay(name: string, preset: keyof typeof presets, where: Where): Finding {
  return {
    id: 'data/preset',
    severity: 'error',
    where: { ...where, path: name },
    given: preset,
    message: `The preset ${preset} says ${name} already.`,
    fix: `Take ${name} out; or write what ${presets[preset].hub} needs yourself, without preset.`,
  };
}
