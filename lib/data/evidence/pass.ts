/** The pass over the rows that a run takes, as `sft data inspect` makes it, with counts of each part. */
import { isObject } from '../../base/json.ts';
import { exactFix } from '../../settings/fixes.ts';
import type { Columns, Format, WrittenEncoding } from '../../settings/formats.ts';
import { BrokenData } from '../broken.ts';
import type { FileHashes } from '../file-hashes.ts';
import type { DataFinding } from '../judge/finding.ts';
import type { PartSettings } from '../part.ts';
import { UnreadFile } from '../review/reading.ts';
import { type Review, review } from '../review/review.ts';
import type { NamedTemplate } from '../review/shaping.ts';
import type { Tokenizer } from '../tokens/tokenizer.ts';
import type { Passed } from './cache.ts';
import type { DataEvidence } from './facts.ts';
import { PartCounter } from './part-tokens.ts';
import { type EvidenceRequest, filesOf, fixOf } from './request.ts';

export interface PassOptions {
  /** Paths are relative to it. */
  readonly project: string;
  /** Of the data files; those of the settings, or copies of the files elsewhere. */
  readonly paths: readonly string[];
  /** Told between rows: how many were seen, and how much of the work is done, from 0 to 1. */
  readonly onProgress?: ((rows: number, done: number) => void) | undefined;
  readonly hashes?: FileHashes | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What tokens are counted with. */
export interface Counting {
  readonly tokenizer: Tokenizer;
  readonly isLoaded: boolean;
}

function templateOf({ template }: EvidenceRequest): { readonly template?: NamedTemplate } {
  if ('unknown' in template) return {};
  return { template: 'jinja' in template ? { name: 'of the run', jinja: template.jinja } : { name: template.name } };
}

/** What is read is what the evidence is kept under the name of. */
function checkFiles(request: EvidenceRequest, { files }: Review): void {
  const planned = filesOf(request).files;
  for (const [at, { sha256, path }] of files.entries())
    if (planned[at]?.sha256 !== sha256)
      throw new UnreadFile(path, new BrokenData('data/changed', 'has changed since it was planned', 'Plan again.'));
}

/** What keeps a row from being read was told when the program was run. */
const isOwn = ({ id }: DataFinding) => /^(?:rows|template)\//.test(id);

interface Counters {
  readonly train: PartCounter;
  readonly evaluation: PartCounter;
}

function tokensOf(
  { tokensUnknown, findings }: Review,
  counters: Counters,
  counting: Counting | undefined,
): DataEvidence['tokens'] {
  if (tokensUnknown !== undefined || !counting) return { unknown: tokensUnknown ?? 'they were not counted' };
  if (findings.some(({ id }) => id === 'template/refused'))
    return { unknown: 'the template does not take all of the rows' };
  const { tokenizer, isLoaded } = counting;
  const [train, evaluation] = [counters.train.counts(), counters.evaluation.counts()];
  return { tokenizer: tokenizer.hash, isLoaded, train, ...(evaluation.rows > 0 ? { evaluation } : {}) };
}

/** Reads the files, and only reads them. Throws UnreadFile; and the signal's reason. */
export async function pass(
  request: EvidenceRequest,
  counting: Counting | undefined,
  { project, paths, ...told }: PassOptions,
): Promise<Passed> {
  const { data, learning } = request;
  const counters: Counters = { train: new PartCounter(learning), evaluation: new PartCounter(learning) };
  const found = await review({
    ...{ folder: project, paths, ...told, ...learning, ...templateOf(request) },
    format: data.format as Format,
    columns: isObject(data.columns) ? (data.columns as Columns) : {},
    fix: exactFix(fixOf(data)),
    encoding: data.encoding as WrittenEncoding | undefined,
    part: data as unknown as PartSettings,
    onTokens: (side, { trained }) => counters[side].add(trained),
    ...(counting ? { tokenizer: { name: '', opened: counting.tokenizer, isLoaded: counting.isLoaded } } : {}),
  });
  checkFiles(request, found);
  return { tokens: tokensOf(found, counters, counting), findings: found.findings.filter(isOwn) };
}
