/** The tokens of a piece of JavaScript or TypeScript, as far as it takes to find one's way through brackets. */

export interface Token {
  /** `text`: a string. A template and a regular expression are `other`, like everything that needs no closer look. */
  readonly kind: 'open' | 'close' | 'mark' | 'word' | 'number' | 'text' | 'other';
  readonly text: string;
  /** Where it begins in the source. */
  readonly at: number;
  /** Of `open`: which token closes it. */
  readonly close?: number;
}

const pairs: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const closing = new Set(Object.values(pairs));
/** Behind these a `/` begins a regular expression. */
const beforeExpression = new Set(['return', 'typeof', 'case', 'in', 'of', 'await', 'yield', 'void', 'delete', 'else']);

const wordStart = /[\p{ID_Start}$_#]/u;
const blank = /\s+/y;
const word = /[\p{ID_Continue}$#]+/uy;
const number = /(?:0[xob][\da-f_]+|\d[\d_]*\.?[\d_]*(?:e[+-]?\d+)?|\.\d[\d_]*(?:e[+-]?\d+)?)n?/iy;

function matched(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : at;
}

/** Behind what `end` closes, with what a backslash precedes left out; undefined where it does not end as it must. */
function behind(source: string, from: number, end: string, oneLine: boolean): number | undefined {
  let inClass = false;
  for (let at = from; at < source.length; at++) {
    const c = source[at];
    if (c === '\\') at++;
    else if (oneLine && c === '\n') return undefined;
    else if (end === '/' && c === '[') inClass = true;
    else if (inClass && c === ']') inClass = false;
    else if (c === end && !inClass) return at + 1;
  }
  return undefined;
}

/** In a template's text, from behind its "`" or the `}` of a value: behind its end, or behind the next `${`. */
function behindText(source: string, from: number): { readonly next: number; readonly opens: boolean } | undefined {
  for (let at = from; at < source.length; at++) {
    const c = source[at];
    if (c === '\\') at++;
    else if (c === '`') return { next: at + 1, opens: false };
    else if (c === '$' && source[at + 1] === '{') return { next: at + 2, opens: true };
  }
  return undefined;
}

function behindSpace(source: string, from: number): number {
  let at = matched(blank, source, from);
  for (; source[at] === '/'; at = matched(blank, source, at)) {
    const isLine = source[at + 1] === '/';
    if (!isLine && source[at + 1] !== '*') return at;
    const end = source.indexOf(isLine ? '\n' : '*/', at);
    at = end < 0 ? source.length : end + (isLine ? 1 : 2);
  }
  return at;
}

function startsRegex(last: Token | undefined): boolean {
  if (last?.kind === 'word') return beforeExpression.has(last.text);
  return last === undefined || last.kind === 'open' || last.kind === 'mark';
}

type Plain = { readonly kind: Token['kind']; readonly next: number };

/** What is neither bracket nor template. */
function plainToken(source: string, at: number, last: Token | undefined): Plain | undefined {
  const c = source[at] ?? '';
  if (c === '"' || c === "'") {
    const next = behind(source, at + 1, c, true);
    return next === undefined ? undefined : { kind: 'text', next };
  }
  if (wordStart.test(String.fromCodePoint(source.codePointAt(at) ?? 0)))
    return { kind: 'word', next: Math.max(at + 1, matched(word, source, at)) };
  const behindNumber = matched(number, source, at);
  if (behindNumber > at) return { kind: 'number', next: behindNumber };
  if (c === '/' && startsRegex(last)) {
    const next = behind(source, at + 1, '/', true);
    return next === undefined ? undefined : { kind: 'other', next: matched(word, source, next) };
  }
  return { kind: 'mark', next: source.startsWith('...', at) ? at + 3 : at + 1 };
}

/** What is open: a bracket, with its token where that is kept, or a value in a template. */
interface Open {
  readonly text: string;
  readonly index?: number;
}

/** Tokens of one call, in order. What stands in a template's values is read, but is no token of its own. */
class Tokens {
  readonly all: Token[] = [];
  readonly #open: Open[] = [];
  #templates = 0;
  last: Token | undefined;

  get inValue(): boolean {
    return this.#open.at(-1)?.text === '`';
  }

  add(kind: Token['kind'], text: string, at: number): void {
    this.last = { kind, text, at };
    if (this.#templates === 0) this.all.push(this.last);
  }

  /** A template begins; `opens`: with text that leads to a value. */
  begin(opens: boolean, at: number): void {
    this.add('other', '`', at);
    if (opens) this.#value(at);
  }

  /** A value ends, and the template's text goes on. */
  resume(opens: boolean, at: number): void {
    this.#open.pop();
    this.#templates--;
    this.last = { kind: 'other', text: '`', at };
    if (opens) this.#value(at);
  }

  #value(at: number): void {
    this.#open.push({ text: '`' });
    this.#templates++;
    this.last = { kind: 'mark', text: '`', at };
  }

  open(text: string, at: number): void {
    this.#open.push({ text, ...(this.#templates === 0 ? { index: this.all.length } : {}) });
    this.add('open', text, at);
  }

  /** Whether all is closed now; undefined where another bracket was due. */
  close(text: string, at: number): boolean | undefined {
    const opener = this.#open.pop();
    if (!opener || pairs[opener.text] !== text) return undefined;
    const token = opener.index === undefined ? undefined : this.all[opener.index];
    if (token && opener.index !== undefined) this.all[opener.index] = { ...token, close: this.all.length };
    this.add('close', text, at);
    return this.#open.length === 0;
  }
}

/** Reads one token and returns where the next may begin; undefined where the text is none that can be read. */
function step(source: string, at: number, tokens: Tokens): number | undefined {
  const c = source[at] ?? '';
  if (c === '`' || (c === '}' && tokens.inValue)) {
    const text = behindText(source, at + 1);
    if (text && c === '`') tokens.begin(text.opens, at);
    else if (text) tokens.resume(text.opens, at);
    return text?.next;
  }
  if (c in pairs) {
    tokens.open(c, at);
    return at + 1;
  }
  const plain = plainToken(source, at, tokens.last);
  if (plain) tokens.add(plain.kind, source.slice(at, plain.next), at);
  return plain?.next;
}

/** From `from` to the close of the first bracket that is opened; undefined where that is never reached. */
export function tokensOfCall(source: string, from: number): readonly Token[] | undefined {
  const tokens = new Tokens();
  for (let at = behindSpace(source, from); at < source.length; at = behindSpace(source, at)) {
    const c = source[at] ?? '';
    if (closing.has(c) && !(c === '}' && tokens.inValue)) {
      const whole = tokens.close(c, at);
      if (whole !== false) return whole === true ? tokens.all : undefined;
      at++;
    } else {
      const next = step(source, at, tokens);
      if (next === undefined) return undefined;
      at = next;
    }
  }
  return undefined;
}
