/** Tokens of what rows say: rendered with the run's template, as the trainer does it with the tokenizer that it loads. */
import { isPlain } from '../../settings/templates.ts';
import type { Example } from '../example.ts';
import { Refused } from '../template/engine.ts';
import { openTemplate, type Rendered, type Template, type TemplateGiven, Unfit } from '../template/render.ts';
import { type TokenSettings, type Tokens, tokensOf } from './as-trained.ts';
import { modelTemplates } from './model-template.ts';
import { NoTokens, type Tokenizer } from './tokenizer.ts';

/** `refused`: why the template does not take the row; the trainer stops at such a one. */
export type TokenisedExample = { readonly rendered: Rendered; readonly tokens: Tokens } | { readonly refused: string };

function modelTemplate(tokenizer: Tokenizer, answersOnly: boolean): Template {
  const options = { tokens: tokenizer.special, answersOnly };
  const { all, of } = modelTemplates(tokenizer, answersOnly);
  const opened = new Map(all.map((jinja) => [jinja, openTemplate({ jinja }, options)]));
  return { render: (example) => (opened.get(of(example)) as Template).render(example) };
}

/**
 * The template that a run renders with, with the special tokens of its tokenizer. Throws NoTokens where there is none, and
 * TemplateSyntax. `answersOnly`: the loss is on answers alone.
 */
export function trainedTemplate(given: TemplateGiven, tokenizer: Tokenizer, answersOnly: boolean): Template {
  if ('name' in given && given.name === 'model') return modelTemplate(tokenizer, answersOnly);
  if ('name' in given && isPlain(given.name) && tokenizer.eos === undefined)
    throw new NoTokens('the tokenizer has no EOS token, and TRL needs one');
  return openTemplate(given, { tokens: tokenizer.special, answersOnly });
}

function rendered(example: Example, template: Template): Rendered | { readonly refused: string } {
  try {
    return template.render(example);
  } catch (caught) {
    if (caught instanceof Refused || caught instanceof Unfit) return { refused: caught.message };
    throw caught;
  }
}

/** Each row’s tokens, in their order. `template`: of trainedTemplate(). Throws what the template’s engine throws. */
export async function tokensOfExamples(
  examples: readonly Example[],
  template: Template,
  tokenizer: Tokenizer,
  settings: TokenSettings,
): Promise<TokenisedExample[]> {
  const rows = examples.map((example) => rendered(example, template));
  const taken = rows.filter((row): row is Rendered => 'text' in row);
  const tokens = await tokensOf(taken, tokenizer, settings);
  let next = 0;
  return rows.map((row) => ('text' in row ? { rendered: row, tokens: tokens[next++] as Tokens } : row));
}

/** Rows that are encoded in one call: enough for all cores, few enough that memory stays small. */
const together = 512;
/** Letters in one call: a row may be a book. */
const lettersTogether = 2 ** 20;

function lettersOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let sum = 0;
  for (const one of Object.values(value)) sum += lettersOf(one);
  return sum;
}

/** The same for rows that stream by, a batch at a time. */
export async function* eachTokens(
  examples: Iterable<Example> | AsyncIterable<Example>,
  template: Template,
  tokenizer: Tokenizer,
  settings: TokenSettings,
): AsyncGenerator<TokenisedExample> {
  let waiting: Example[] = [];
  let letters = 0;
  for await (const example of examples) {
    waiting.push(example);
    letters += lettersOf(example);
    if (waiting.length < together && letters < lettersTogether) continue;
    yield* await tokensOfExamples(waiting, template, tokenizer, settings);
    waiting = [];
    letters = 0;
  }
  yield* await tokensOfExamples(waiting, template, tokenizer, settings);
}
