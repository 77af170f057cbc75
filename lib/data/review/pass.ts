/** Rows on their way past all who look at them. */
import { setImmediate as breath } from 'node:timers/promises';
import type { Severity } from '../../finding.ts';
import type { Example } from '../example.ts';
import { type DataFinding, Judge, type RowView } from '../judge/judge.ts';
import type { Part, Side } from '../part.ts';
import { Survey } from '../survey/survey.ts';
import { dialogueOf } from '../template/conversation.ts';
import { NoTokens } from '../tokens/tokenizer.ts';
import type { ReviewInput } from './asked.ts';
import { Counting } from './counting.ts';
import type { InspectedFile, Review, TokenFacts } from './facts.ts';
import { FoundFaults } from './faults.ts';
import { LeftOutRows } from './left-out.ts';
import type { FileRow } from './reading.ts';
import { openRenderer, type Renderer, renderedBy } from './rendering.ts';
import { type SampleOptions, sampleOf } from './samples.ts';
import { Shaping } from './shaping.ts';

const ranks: Record<Severity, number> = { error: 0, warning: 1, note: 2 };

/** Bytes that judging holds before it writes them to the disk. */
const memory = 16 * 2 ** 20;

/** A row with what it says, its tokens, and what a run takes it for: undefined where it draws others. */
interface Prepared {
  readonly view: RowView;
  readonly side: Side | undefined;
}

export class Pass {
  readonly #input: ReviewInput;
  readonly #part: Part | undefined;
  readonly #leftOut: LeftOutRows;
  readonly #shaping: Shaping;
  readonly #survey: Survey<RowView>;
  readonly #counting: Counting | undefined;
  #judge: Judge | undefined;
  #side: Side | undefined;
  #prepared = 0;
  readonly #taken = { train: 0, evaluation: 0 };
  readonly faults: FoundFaults;
  readonly files: InspectedFile[] = [];

  constructor(input: ReviewInput, part: Part | undefined) {
    const { format, columns, template, answersOnly, samples = 0, row, tokenizer, keepsEnd, tooLong } = input;
    this.#input = input;
    this.#part = part;
    this.#leftOut = new LeftOutRows(input);
    this.#shaping = new Shaping({ format, columns, template });
    this.faults = new FoundFaults(this.#shaping, columns ?? {});
    this.#survey = new Survey({
      samples,
      ...(row === undefined ? {} : { row }),
      ...(this.#limit === undefined ? {} : { maxLength: this.#limit }),
      ...(keepsEnd ? { keepsEnd } : {}),
      ...(tooLong ? { tooLong } : {}),
    });
    this.#counting = tokenizer && new Counting(tokenizer.opened, answersOnly);
  }

  get rows(): number {
    return this.#survey.rows;
  }

  /** Rows that are packed are cut where the sequences are; what is too long is dropped or split before that. */
  get #limit(): number | undefined {
    const { packing, tooLong, maxLength } = this.#input;
    return packing && !tooLong ? undefined : maxLength;
  }

  /** Where a row is cut: those that are dropped or split are not. */
  get #cutAt(): number | undefined {
    return this.#input.tooLong ? undefined : this.#limit;
  }

  async #openJudge(): Promise<Judge> {
    const { tokenizer, keepsEnd, part, draw } = this.#input;
    const { eos, special = {} } = tokenizer?.opened ?? {};
    const [[end] = [], ...more] = eos === undefined ? [] : await (tokenizer?.opened.encode([eos], false) ?? []);
    return new Judge({
      ...(this.#cutAt === undefined || keepsEnd ? {} : { maxLength: this.#cutAt }),
      ...(end === undefined || more.length > 0 ? {} : { eosToken: end }),
      ...{ markers: Object.values(special), memory },
      ...(part?.evaluation === undefined && !draw ? {} : { isEvaluation: () => this.#side === 'evaluation' }),
    });
  }

  /** One batch at a time. */
  async prepare(batch: readonly FileRow[]): Promise<Prepared[]> {
    this.#judge ??= await this.#openJudge();
    const read = batch.map((row) => {
      const { example, faults } = this.#shaping.read(row.value);
      // What is wrong with one that is left out is no matter.
      if (this.#leftOut.has(row)) return { row, side: undefined, example };
      const side = this.#part ? this.#part(this.#prepared, { example, file: row.of }) : 'train';
      this.#prepared += 1;
      this.faults.see(row, faults);
      return { row, side, example };
    });
    const counted = read.flatMap(({ row, side, example }) => (example && side ? [{ row, example }] : []));
    const tokens = await this.#tokensOf(counted);
    let next = 0;
    return read.map(({ row, side, example }) => {
      const own = example && side ? tokens?.[next++] : undefined;
      return { side, view: { ...row, ...(example ? { example } : {}), ...(own ? { tokens: own } : {}) } };
    });
  }

  async #tokensOf(rows: readonly { readonly row: FileRow; readonly example: Example }[]) {
    const { template } = this.#shaping;
    if (!this.#counting || !template || rows.length === 0) return undefined;
    const placed = rows.map(({ row: { file, number, line }, example: own }) => {
      const example = this.#input.asDialogue ? dialogueOf(own) : own;
      return { example, place: { file, row: number, ...(line === undefined ? {} : { line }) } };
    });
    return this.#counting.of(placed, template);
  }

  take(prepared: readonly Prepared[]): void {
    for (const { view, side } of prepared) {
      this.#survey.see(view);
      this.#side = side;
      if (!side) continue;
      this.#taken[side] += 1;
      if (view.tokens) this.#input.onTokens?.(side, view.tokens);
      this.#judge?.see(view);
    }
  }

  async result(): Promise<Review> {
    const { rows, columns, characters, samples, tokens } = this.#survey.result();
    const unknown = this.#input.tokenizer && this.#unknown(tokens !== undefined);
    return {
      ...{ rows, files: this.files },
      ...(this.#part ? { taken: this.#taken } : {}),
      format: this.#shaping.format ?? null,
      template: this.#shaping.template?.name ?? null,
      ...{ columns, characters },
      tokens: unknown === undefined && tokens ? this.#facts(tokens) : null,
      ...(unknown === undefined ? {} : { tokensUnknown: unknown }),
      findings: await this.#findings(),
      samples: await this.#samples(samples),
      hasBrokenLines: this.faults.hasBrokenLines,
    };
  }

  #unknown(isCounted: boolean): string | undefined {
    return this.#counting?.unknown ?? (isCounted ? undefined : 'no row can be learnt from');
  }

  #facts(tokens: Omit<TokenFacts, 'tokenizer' | 'loaded' | 'limit'>): TokenFacts {
    const { name = '', isLoaded = false } = this.#input.tokenizer ?? {};
    const limit = this.#limit === undefined ? {} : { limit: this.#limit };
    return { tokenizer: name, loaded: isLoaded, ...tokens, ...limit };
  }

  /** What keeps a row from being read stands before what is thought of it. */
  async #findings(): Promise<DataFinding[]> {
    const { signal } = this.#input;
    const pause = async () => {
      await breath();
      signal?.throwIfAborted();
    };
    const judged = (await this.#judge?.found(pause)) ?? [];
    const all = [
      ...this.faults.findings(),
      ...this.#leftOut.findings(),
      ...(this.#counting?.findings() ?? []),
      ...judged,
    ];
    return all.sort((a, b) => ranks[a.severity] - ranks[b.severity]);
  }

  async #samples(rows: readonly RowView[]): Promise<Review['samples']> {
    const { answersOnly, tokenizer, keepsEnd } = this.#input;
    const own = this.#counting ? undefined : await this.#renderer();
    const render: SampleOptions['render'] = async (example) =>
      this.#counting ? this.#counting.rendered(example) : own && (await renderedBy(own, example));
    const options = {
      answersOnly,
      render,
      tokenizer: tokenizer?.opened,
      maxLength: keepsEnd ? undefined : this.#cutAt,
    };
    try {
      const shown: Review['samples'][number][] = [];
      for (const row of rows) shown.push(await sampleOf(row, options));
      return shown;
    } finally {
      await own?.close();
    }
  }

  /** Without a tokenizer: for the rows that are shown. */
  async #renderer(): Promise<Renderer | undefined> {
    const { template } = this.#shaping;
    const { answersOnly } = this.#input;
    try {
      return template && (await openRenderer(template, { answersOnly }));
    } catch (caught) {
      if (caught instanceof NoTokens) return undefined;
      throw caught;
    }
  }

  async close(): Promise<void> {
    this.#judge?.close();
    await this.#counting?.close();
  }
}
