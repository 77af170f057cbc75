/** Tokens of the rows of a batch, as the trainer makes them: rendered and tokenised together, in their order. */
import type { Example } from '../example.ts';
import { type DataFinding, type Place, shownPlaces } from '../judge/finding.ts';
import { hidden } from '../judge/hidden.ts';
import { rows as rowsText } from '../judge/tally.ts';
import { RowStopped, stoppedFinding } from '../template/bounded.ts';
import type { Outcome } from '../template/outcome.ts';
import type { Rendered } from '../template/render.ts';
import { type Labelled, tokensOf } from '../tokens/as-trained.ts';
import { NoTokens, type Tokenizer } from '../tokens/tokenizer.ts';
import { openRenderer, type Renderer, renderedBy } from './rendering.ts';
import type { NamedTemplate } from './shaping.ts';

export interface CountedRow {
  readonly example: Example;
  /** As messages name it. */
  readonly place: Place;
}

const shownAt = ({ file, line, row }: Place) => (line === undefined ? `${file} row ${row}` : `${file}:${line}`);

/** What a template raises may hold a part of the row. */
function reasonOf(outcome: Exclude<Outcome, { readonly rendered: Rendered }>): string {
  const reason = 'unfit' in outcome ? outcome.unfit : 'refused' in outcome ? outcome.refused : outcome.failed;
  return hidden(reason.slice(0, 200));
}

export class Counting {
  readonly #tokenizer: Tokenizer;
  readonly #answersOnly: boolean;
  #renderer: Renderer | undefined;
  #template: NamedTemplate | undefined;
  #refused: { readonly reason: string; count: number; readonly places: Place[] } | undefined;
  #stopped: DataFinding | undefined;
  #counted = 0;
  /** Why there are none; those of rows before it are none either. */
  #unknown: string | undefined;

  constructor(tokenizer: Tokenizer, answersOnly: boolean) {
    this.#tokenizer = tokenizer;
    this.#answersOnly = answersOnly;
  }

  /** Why tokens are not known; undefined where they are. */
  get unknown(): string | undefined {
    if (this.#unknown === undefined && this.#counted === 0 && this.#refused)
      return `the template takes none of the rows (${this.#refused.reason})`;
    return this.#unknown;
  }

  /** Undefined for a row that has none. One call at a time. */
  async of(rows: readonly CountedRow[], template: NamedTemplate): Promise<(Labelled | undefined)[]> {
    if (this.#unknown !== undefined) return rows.map(() => undefined);
    this.#template = template;
    try {
      const options = { tokenizer: this.#tokenizer, answersOnly: this.#answersOnly };
      this.#renderer ??= await openRenderer(template, options);
      return await this.#tokensOf(rows, await this.#renderer.render(rows.map(({ example }) => example)));
    } catch (caught) {
      if (caught instanceof RowStopped) this.#stop(caught, rows);
      else if (!(caught instanceof NoTokens)) throw caught;
      this.#unknown ??= (caught as Error).message;
      return rows.map(() => undefined);
    }
  }

  async #tokensOf(rows: readonly CountedRow[], outcomes: readonly Outcome[]): Promise<(Labelled | undefined)[]> {
    const rendered = outcomes.flatMap((outcome) => ('rendered' in outcome ? [outcome.rendered] : []));
    const tokens = await tokensOf(rendered, this.#tokenizer);
    this.#counted += rendered.length;
    let next = 0;
    return outcomes.map((outcome, at) => {
      if ('rendered' in outcome) return tokens[next++];
      const reason = reasonOf(outcome);
      this.#refuse((rows[at] as CountedRow).place, reason);
      return undefined;
    });
  }

  #refuse(place: Place, reason: string): void {
    this.#refused ??= { reason, count: 0, places: [] };
    this.#refused.count += 1;
    if (this.#refused.places.length < shownPlaces) this.#refused.places.push(place);
  }

  #stop(stopped: RowStopped, rows: readonly CountedRow[]): void {
    const { place } = rows[stopped.row] as CountedRow;
    const { name = '', jinja } = this.#template ?? {};
    const { id, severity, message, fix } = stoppedFinding(stopped, shownAt(place), {}, jinja ? name : undefined);
    this.#stopped = { id, severity, count: 1, places: [place], message, fix };
    this.#unknown = `the template was stopped at ${shownAt(place)}`;
  }

  findings(): DataFinding[] {
    const refused = this.#refused;
    if (refused === undefined) return this.#stopped ? [this.#stopped] : [];
    const { reason, count, places } = refused;
    return [
      ...(this.#stopped ? [this.#stopped] : []),
      {
        ...{ id: 'template/refused', severity: 'error', count, places },
        message: `${rowsText(count, 'is', 'are')} not taken by the template ${this.#template?.name}: ${reason}.`,
        fix: 'Correct these rows or take them out, or choose another template: the trainer stops at such a row.',
      },
    ];
  }

  /** One row, to be shown. */
  async rendered(example: Example): Promise<Rendered | undefined> {
    return this.#unknown === undefined && this.#renderer ? renderedBy(this.#renderer, example) : undefined;
  }

  async close(): Promise<void> {
    await this.#renderer?.close();
  }
}
