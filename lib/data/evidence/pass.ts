/** One pass over the rows that a run takes: they are judged, and their tokens counted as the trainer counts them. */
import { isObject } from '../../base/json.ts';
import type { Columns, Format } from '../../settings/formats.ts';
import { BrokenData } from '../broken.ts';
import { exampleOf } from '../example.ts';
import { Judge, type RowView } from '../judge/judge.ts';
import { type Part, type PartSettings, partOf, type Side } from '../part.ts';
import type { InspectedFile } from '../review/facts.ts';
import { batchesOf, type FileRow, sizeOf, UnreadFile } from '../review/reading.ts';
import type { Template } from '../template/render.ts';
import { TemplateSyntax } from '../template/tags.ts';
import { type TokenisedExample, tokensOfExamples, trainedTemplate } from '../tokens/examples.ts';
import { NoTokens, type Tokenizer } from '../tokens/tokenizer.ts';
import type { Passed } from './cache.ts';
import type { DataEvidence, TokensUnknown } from './facts.ts';
import { PartCounter } from './part-tokens.ts';
import { type EvidenceRequest, filesOf } from './request.ts';

export interface PassOptions {
  /** Paths are relative to it. */
  readonly project: string;
  /** Of the data files; those of the settings, or copies of the files elsewhere. */
  readonly paths: readonly string[];
  /** Told between rows: how many were seen, bytes of the files that are read, and all of them. */
  readonly onProgress?: ((rows: number, done: number, all: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What tokens are counted with. */
export interface Counting {
  readonly tokenizer: Tokenizer;
  readonly isLoaded: boolean;
}

interface Taken {
  readonly side: Side;
  readonly view: RowView;
}

/** Tokens are cut where they are counted: judging looks at whole rows. */
const uncut = { maxLength: undefined, packing: false };

const at = ({ file, line, number }: RowView) => (line === undefined ? `${file} row ${number}` : `${file}:${line}`);

class Pass {
  readonly #judge: Judge;
  readonly #counting: (Counting & { readonly template: Template }) | undefined;
  readonly #counters: Readonly<Record<Side, PartCounter>>;
  readonly #part: Part;
  readonly #shape: { readonly format: Format; readonly columns: Columns };
  #ordinal = 0;
  #side: Side = 'train';
  #unknown: TokensUnknown | undefined;

  constructor({ data, learning, template }: EvidenceRequest, part: Part, counting: Counting | undefined) {
    this.#part = part;
    this.#shape = { format: data.format as Format, columns: isObject(data.columns) ? data.columns : {} };
    this.#counters = { train: new PartCounter(learning), evaluation: new PartCounter(learning) };
    const { maxLength, keepsEnd, answersOnly } = learning;
    this.#judge = new Judge({
      ...(maxLength === undefined || keepsEnd ? {} : { maxLength }),
      ...(isObject(data.evaluation) ? { isEvaluation: () => this.#side === 'evaluation' } : {}),
    });
    if (!counting || 'unknown' in template) return;
    try {
      const opened = trainedTemplate(template, counting.tokenizer, answersOnly);
      this.#counting = { ...counting, template: opened };
    } catch (caught) {
      if (!(caught instanceof NoTokens || caught instanceof TemplateSyntax)) throw caught;
      this.#unknown = { unknown: caught.message };
    }
  }

  get rows(): number {
    return this.#ordinal;
  }

  async see(batch: readonly FileRow[]): Promise<void> {
    const taken = batch.flatMap(({ repeated: _, of, ...row }): Taken[] => {
      const side = this.#part(this.#ordinal++, { value: row.value, file: of });
      if (side === undefined) return [];
      const { example } = exampleOf(row.value, this.#shape.format, this.#shape.columns);
      return [{ side, view: { ...row, ...(example ? { example } : {}) } }];
    });
    const tokens = await this.#tokensOf(taken);
    for (const [index, { side, view }] of taken.entries()) {
      const own = tokens?.[index]?.tokens;
      if (own) this.#counters[side].add(own.trained);
      this.#side = side;
      this.#judge.see(own ? { ...view, tokens: own } : view);
    }
  }

  /** Of all of these rows; undefined where they are not counted, or no longer. */
  async #tokensOf(taken: readonly Taken[]) {
    if (!this.#counting || this.#unknown) return undefined;
    const { template, tokenizer } = this.#counting;
    const examples = taken.flatMap(({ view }) => view.example ?? []);
    const made = await tokensOfExamples(examples, template, tokenizer, uncut);
    const wrong = made.findIndex((one) => 'refused' in one);
    const refused = made[wrong];
    if (refused && 'refused' in refused) {
      const row = taken.filter(({ view }) => view.example)[wrong];
      this.#unknown = { unknown: `the template does not take ${row ? at(row.view) : 'a row'}: ${refused.refused}` };
      return undefined;
    }
    return spread(taken, made);
  }

  result(): Passed {
    return { tokens: this.#tokens(), findings: this.#judge.findings() };
  }

  #tokens(): DataEvidence['tokens'] {
    if (this.#unknown || !this.#counting) return this.#unknown ?? { unknown: 'they were not counted' };
    const { train, evaluation } = {
      train: this.#counters.train.counts(),
      evaluation: this.#counters.evaluation.counts(),
    };
    const { tokenizer, isLoaded } = this.#counting;
    return { tokenizer: tokenizer.hash, isLoaded, train, ...(evaluation.rows > 0 ? { evaluation } : {}) };
  }

  close(): void {
    this.#judge.close();
  }
}

type Made = Extract<TokenisedExample, { readonly tokens: unknown }>;

/** One a row: rows that say nothing have no tokens. */
function spread(taken: readonly Taken[], made: readonly TokenisedExample[]): (Made | undefined)[] {
  let next = 0;
  return taken.map(({ view }) => (view.example ? (made[next++] as Made) : undefined));
}

function isDrawn({ data }: EvidenceRequest): boolean {
  return data.samples !== undefined || (isObject(data.evaluation) && 'share' in data.evaluation);
}

/** What is read is what the evidence is kept under the name of. */
function checkFile(request: EvidenceRequest, of: number, { sha256, path }: InspectedFile): void {
  if (filesOf(request).files[of]?.sha256 === sha256) return;
  throw new UnreadFile(path, new BrokenData('data/changed', 'has changed since it was planned', 'Plan again.'));
}

/** Who draws has to know of how many. */
async function countRows(request: EvidenceRequest, { project, paths, signal }: PassOptions): Promise<number> {
  if (!isDrawn(request)) return 0;
  let rows = 0;
  const learnt = paths.slice(0, filesOf(request).learnt);
  for await (const batch of batchesOf(project, learnt, { signal, onFile: () => {} })) rows += batch.length;
  return rows;
}

/** Reads the files, and only reads them. Throws UnreadFile; and the signal's reason. */
export async function pass(
  request: EvidenceRequest,
  counting: Counting | undefined,
  options: PassOptions,
): Promise<Passed> {
  const { project, paths, onProgress, signal } = options;
  const rows = await countRows(request, options);
  const one = new Pass(request, partOf(rows, request.data as unknown as PartSettings), counting);
  const all = paths.reduce((sum, path) => sum + sizeOf(project, path), 0);
  let [files, bytes] = [0, 0];
  const onFile = (file: InspectedFile) => checkFile(request, files++, file);
  const onBytes = (done: number) => {
    bytes = done;
  };
  try {
    for await (const batch of batchesOf(project, paths, { signal, onBytes, onFile })) {
      await one.see(batch);
      onProgress?.(one.rows, bytes, all);
    }
    return one.result();
  } finally {
    one.close();
  }
}
