/** Where a template that the engine does not take is wrong: it names no place itself. */
import { parse, tokenize } from '@huggingface/jinja';
import type { Tags } from './tags.ts';

type Tokens = ReturnType<typeof tokenize>;

const opens = new Set(['OpenStatement', 'OpenExpression', 'Comment']);

/** Of the engine's messages, the part that says something to a reader. */
function plain(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError) return 'it nests too deep';
  // Out of tokens: the engine then reads a field of nothing.
  if (error instanceof TypeError) return 'a block is not closed before the end';
  return text.replace(/^Parser Error: /, '').replace(/(?:, got \$\{.*)?\.*(?: \w+ !== \w+)?\.*$/, '');
}

/** How many tags of the text are read before the lexer stumbles. */
function tagOfLexer({ text, lines }: Tags): number {
  const starts = [...text.matchAll(/\{[{%#]/g)].map(({ index }) => index);
  let [good, bad] = [0, lines.length];
  const fails = (count: number) => {
    try {
      tokenize(text.slice(0, starts[count] ?? text.length));
      return false;
    } catch {
      return true;
    }
  };
  while (good < bad - 1) {
    const middle = (good + bad) >> 1;
    if (fails(middle)) bad = middle;
    else good = middle;
  }
  return bad - 1;
}

/** The furthest token that the parser looked at. */
function furthest(tokens: Tokens): number {
  let seen = 0;
  const watched = new Proxy(tokens, {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) seen = Math.max(seen, Number(key));
      return Reflect.get(target, key) as unknown;
    },
  });
  try {
    parse(watched);
  } catch {
    return seen;
  }
  return seen;
}

function tokensOf(text: string): Tokens | undefined {
  try {
    return tokenize(text);
  } catch {
    return undefined;
  }
}

/** `error`: what the engine said of the text of these tags. */
export function lineOfError(tags: Tags, error: unknown): { readonly line: number; readonly message: string } {
  const tokens = tokensOf(tags.text);
  const tag = tokens
    ? tokens.slice(0, furthest(tokens) + 1).filter(({ type }) => opens.has(type)).length - 1
    : tagOfLexer(tags);
  const last = tags.lines.at(-1) ?? 1;
  return { line: tags.lines[Math.max(0, tag)] ?? last, message: plain(error) };
}
