/** The settings of a dataset, and what its files say of them. */
import { columnFindings } from '../data/mapped.ts';
import type { Where } from '../finding.ts';
import { check } from '../settings/check.ts';
import { exactFix } from '../settings/fixes.ts';
import type { Columns } from '../settings/formats.ts';
import type { FileDatasetInput } from '../settings/inputs/dataset.ts';
import type { Parsed } from '../settings/parsed.ts';
import type { RunSettings } from '../settings/run.ts';
import { inspectData } from './data-files.ts';
import { fixFindings, fixSettings } from './fix.ts';
import { withoutOverrides } from './own.ts';
import type { Dataset } from './parts.ts';
import type { Pins } from './pins.ts';
import { withPreset } from './preset.ts';
import type { ResolvedData } from './template.ts';

/** A column that is called as the format calls it says nothing: it must not make another run. */
function othersOf(columns: Columns | undefined): Columns | undefined {
  const others = Object.entries(columns ?? {}).filter(([column, name]) => name !== undefined && name !== column);
  return others.length > 0 ? Object.fromEntries(others) : undefined;
}

function onHub(data: Dataset, pins: Pins, where: Where): Parsed<ResolvedData> {
  const parsed = check('dataset.hub', data.props, where);
  if (!parsed.value) return { findings: parsed.findings };
  const named = withPreset(data.props, parsed.value, where);
  if (!named.value) return { findings: named.findings };
  const { columns, fix, ...own } = withoutOverrides(named.value);
  const mapped = othersOf(columns);
  const settings = {
    source: 'hub',
    ...pins.pinned(data, 'dataset', own),
    ...(mapped ? { columns: mapped } : {}),
    ...fixSettings(fix),
  } as const;
  const findings = columnFindings({ format: own.format, columns: mapped ?? {} }, where);
  return { value: { settings }, findings: [...findings, ...fixFindings(fix, own.format, where)] };
}

/** Only where rows are held out by what they say has the pass over them to count these. */
function heldIn({ evaluation, samples, seed }: Pick<FileDatasetInput, 'evaluation' | 'samples'> & { seed: number }) {
  if (!evaluation || !('share' in evaluation) || evaluation.by === undefined) return undefined;
  return { share: evaluation.share, samples, seed };
}

function inFiles(data: Dataset, where: Where): Parsed<ResolvedData> {
  const parsed = check('dataset.file', data.props, where);
  if (!parsed.value) return { findings: parsed.findings };
  const { columns: _, fix, ...own } = withoutOverrides(parsed.value);
  const { path, format, encoding } = own;
  const columns = othersOf(parsed.value.columns);
  const written = typeof path === 'string' ? [path] : path;
  const held = heldIn(parsed.value);
  const asked = { format, columns, encoding, fix: exactFix(fix), ...(held ? { held } : {}) };
  const { files, paths, rows, fixed, shape, findings, ...read } = inspectData(written, asked, where);
  if (files.length === 0) return { findings };
  const settings: RunSettings['data'] = {
    ...own,
    source: 'file',
    format: shape.format,
    ...(columns ? { columns } : {}),
    ...fixSettings(fix),
    // One path that is no pattern stays as it is written.
    path: path === paths[0] ? path : [...paths],
    files: [...files],
  };
  const told = [...columnFindings(shape, where), ...fixFindings(fix, shape.format, where), ...findings];
  // What rows say that cannot be read is not known.
  const isRead = read.held !== undefined && findings.every(({ severity }) => severity !== 'error');
  const counted = { ...(fixed ? { fixed } : {}), ...(isRead ? { held: read.held } : {}) };
  return { value: { settings, rows, ...counted }, findings: told };
}

/** Its template, and the rows to evaluate on, are read behind this; a mix has parts that are resolved already. */
export function resolveData(data: Dataset, pins: Pins, where: Where): Parsed<ResolvedData> {
  return data.source === 'hub' ? onHub(data, pins, where) : inFiles(data, where);
}
