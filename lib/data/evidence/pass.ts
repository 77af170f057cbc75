/** The pass over the rows that a run takes, as `sft data inspect` makes it, with counts of each part. */
import { isObject } from '../../base/json.ts';
import type { ResolvedMix } from '../../settings/dataset-mix.ts';
import { exactFix } from '../../settings/fixes.ts';
import { type Columns, type Format, isDialogue, type WrittenEncoding } from '../../settings/formats.ts';
import { BrokenData } from '../broken.ts';
import type { FileHashes } from '../file-hashes.ts';
import type { DataFinding } from '../judge/finding.ts';
import type { Tokens } from '../judge/row.ts';
import type { PartSettings, Side } from '../part.ts';
import { UnreadFile } from '../review/reading.ts';
import { type Review, review } from '../review/review.ts';
import type { NamedTemplate } from '../review/shaping.ts';
import type { Tokenizer } from '../tokens/tokenizer.ts';
import type { Passed } from './cache.ts';
import type { DataEvidence } from './facts.ts';
import { mixPass } from './mix-pass.ts';
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
function checkFiles(request: EvidenceRequest, reviews: readonly Review[]): void {
  const planned = filesOf(request).files;
  for (const [at, { sha256, path }] of reviews.flatMap(({ files }) => files).entries())
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
  reviews: readonly Review[],
  counters: Counters,
  counting: Counting | undefined,
): DataEvidence['tokens'] {
  const tokensUnknown = reviews.find((one) => one.tokensUnknown !== undefined)?.tokensUnknown;
  if (tokensUnknown !== undefined || !counting) return { unknown: tokensUnknown ?? 'they were not counted' };
  if (reviews.flatMap(({ findings }) => findings).some(({ id }) => id === 'template/refused'))
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
  const common = {
    ...{ folder: project, ...told, ...learning, ...templateOf(request) },
    onTokens: (side: Side, { trained }: Tokens) => counters[side].add(trained),
    ...(counting ? { tokenizer: { name: '', opened: counting.tokenizer, isLoaded: counting.isLoaded } } : {}),
  };
  const part = data as unknown as PartSettings;
  const reviews = isObject(data.mix)
    ? await mixPass({
        ...{ common, paths, mix: data.mix as unknown as ResolvedMix },
        encodings: filesOf(request).files.map(({ encoding }) => encoding),
        isPlain: data.template === undefined && !isDialogue(data.format as Format),
        ...{ format: data.format as Format, seed: part.seed, evaluation: part.evaluation },
      })
    : [
        await review({
          ...{ ...common, paths, part },
          format: data.format as Format,
          columns: isObject(data.columns) ? (data.columns as Columns) : {},
          fix: exactFix(fixOf(data)),
          encoding: data.encoding as WrittenEncoding | undefined,
        }),
      ];
  checkFiles(request, reviews);
  const findings = reviews.flatMap((one) => one.findings).filter(isOwn);
  return { tokens: tokensOf(reviews, counters, counting), findings };
}
