/** Rows as the model will see them, to be shown: what is learnt of them is marked, as the tokens say where there are any. */
import { isObject } from '../../base/json.ts';
import type { Example } from '../example.ts';
import { hidden } from '../judge/hidden.ts';
import { type RowView, saidOf } from '../judge/row.ts';
import type { Rendered, Spans } from '../template/render.ts';
import type { Tokenizer } from '../tokens/tokenizer.ts';
import type { DataSample } from './facts.ts';

export interface SampleOptions {
  /** The loss is on answers alone. */
  readonly answersOnly: boolean;
  /** Undefined where there is no template, or it does not take the row. */
  readonly render: (example: Example) => Promise<Rendered | undefined>;
  /** Rows have tokens by it. */
  readonly tokenizer?: Tokenizer | undefined;
  /** Tokens behind it are cut. */
  readonly maxLength?: number | undefined;
}

type Shown = Pick<DataSample, 'text' | 'trained'>;

/** A row is searched letter by letter for its tokens; of a longer one what the template says is marked. */
const mostLetters = 10_000;

/** Where the ids of the text alone begin among those of the row, which may begin with BOS. */
function shiftOf(ids: ArrayLike<number>, own: ArrayLike<number>): number | undefined {
  for (let shift = 0; shift + own.length <= ids.length; shift += 1) {
    let at = 0;
    while (at < own.length && ids[shift + at] === own[at]) at += 1;
    if (at === own.length) return shift;
  }
  return undefined;
}

/** Spans of letters that are marked. */
function spansOf(letters: readonly number[], marks: readonly boolean[], end: number): Spans {
  const spans: [number, number][] = [];
  for (const [index, letter] of letters.entries()) {
    if (marks[index] !== true) continue;
    const behind = letters[index + 1] ?? end;
    const last = spans.at(-1);
    if (last && last[1] === letter) last[1] = behind;
    else spans.push([letter, behind]);
  }
  return spans;
}

/** Letters whose token is in the loss; undefined where the text's tokens are not found among the row's. */
async function trainedLetters(
  text: string,
  { ids, trained }: NonNullable<RowView['tokens']>,
  tokenizer: Tokenizer,
  most: number,
): Promise<Spans | undefined> {
  const letters = Array.from({ length: text.length }, (_, at) => at).filter(
    (at) => (text.charCodeAt(at) & 0xfc00) !== 0xdc00,
  );
  const [found] = await tokenizer.locate([{ text, letters }]);
  const shift = found && shiftOf(ids, found.ids);
  if (!found || shift === undefined) return undefined;
  let before = false;
  const marks = found.tokens.map((token) => {
    // A letter that no token has goes with the one before it.
    if (token !== null) before = trained[token + shift] === 1 && token + shift < most;
    return before;
  });
  return spansOf(letters, marks, text.length);
}

async function renderedText({ example, tokens }: RowView, options: SampleOptions): Promise<Shown | undefined> {
  const rendered = example && (await options.render(example));
  if (rendered === undefined) return undefined;
  const { text, trained } = rendered;
  const { tokenizer, maxLength = Number.POSITIVE_INFINITY } = options;
  if (!tokens || !tokenizer || text.length > mostLetters) return { text, trained };
  return { text, trained: (await trainedLetters(text, tokens, tokenizer, maxLength)) ?? trained };
}

export async function sampleOf(row: RowView, options: SampleOptions): Promise<DataSample> {
  const { file, number, line, value, example } = row;
  const rendered = await renderedText(row, options);
  const { text, trained } = rendered ?? (example ? saidText(example, options.answersOnly) : columnsOf(value));
  const shown = rendered === undefined ? 'columns' : 'rendered';
  return { file, row: number, ...(line === undefined ? {} : { line }), shown, text: hidden(text), trained };
}

/** What the row says, text by text, under its columns’ names. */
function saidText(example: Example, answersOnly: boolean): Shown {
  let text = '';
  const trained: [number, number][] = [];
  for (const { column, side, text: own } of saidOf(example)) {
    text += `${text === '' ? '' : '\n'}${column}: `;
    if (side !== 'asked' || !answersOnly) trained.push([text.length, text.length + own.length]);
    text += own;
  }
  return { text, trained };
}

function columnsOf(value: unknown): Shown {
  if (!isObject(value)) return { text: JSON.stringify(value), trained: [] };
  const lines = Object.entries(value).map(
    ([name, one]) => `${name}: ${typeof one === 'string' ? one : JSON.stringify(one)}`,
  );
  return { text: lines.join('\n'), trained: [] };
}
