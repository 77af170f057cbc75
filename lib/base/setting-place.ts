/**
 * Where in a program's text a setting is written: the property in the object that a construct's call is given. What is
 * not certain from the text alone has no place: an object built elsewhere, a spread behind the property, a value that is
 * not the one the program had. Then the nearest property around it that is certain is the place. Pure.
 */
import type { Json } from './json.ts';
import { type Token, tokensOfCall } from './source-tokens.ts';

export interface SourcePlace {
  /** From 1, as an engine counts them. */
  readonly line: number;
  readonly column: number;
}

/** From the first token to the last, both in it. */
type Range = readonly [first: number, last: number];

/** What commas separate between a bracket and its close. */
function parts(tokens: readonly Token[], open: number): Range[] {
  const close = tokens[open]?.close ?? open;
  const found: Range[] = [];
  let first = open + 1;
  for (let at = first; at <= close; at = (tokens[at]?.close ?? at) + 1) {
    if (at !== close && tokens[at]?.text !== ',') continue;
    if (at > first) found.push([first, at - 1]);
    first = at + 1;
  }
  return found;
}

/** Without `as X`, `satisfies X`, which change nothing. */
function untyped(tokens: readonly Token[], [first, last]: Range): Range {
  for (let at = first; at <= last; at = (tokens[at]?.close ?? at) + 1) {
    const token = tokens[at];
    if (at > first && token?.kind === 'word' && (token.text === 'as' || token.text === 'satisfies'))
      return [first, at - 1];
  }
  return [first, last];
}

/** The bracket that a range is from its first token to its last; undefined where it is something else or more. */
function bracket(tokens: readonly Token[], [first, last]: Range, text: string): number | undefined {
  return tokens[first]?.text === text && tokens[first]?.close === last ? first : undefined;
}

interface Property {
  /** Undefined: it cannot be told, as of a spread. */
  readonly key?: string;
  readonly token?: Token;
  /** Undefined for `{ name }` and for a method. */
  readonly value?: Range;
}

function property(tokens: readonly Token[], [first, last]: Range): Property {
  const token = tokens[first];
  const next = first === last ? undefined : tokens[first + 1];
  if (!token || !['word', 'text', 'number'].includes(token.kind) || token.text.includes('\\')) return {};
  const key = token.kind === 'text' ? token.text.slice(1, -1) : token.text;
  if (next === undefined) return token.kind === 'word' ? { key, token } : {};
  if (next.text === '(') return { key, token };
  return next.text === ':' && last > first + 1 ? { key, token, value: untyped(tokens, [first + 2, last]) } : {};
}

/** A number, a string or a word of the language that stands there as it is. */
function literal(tokens: readonly Token[], [first, last]: Range): Json | undefined {
  const negative = first + 1 === last && tokens[first]?.text === '-';
  const token = tokens[negative ? last : first];
  if (!token || (first !== last && !negative)) return undefined;
  if (token.kind === 'number') return Number(token.text.replaceAll('_', '')) * (negative ? -1 : 1);
  if (negative) return undefined;
  if (token.kind === 'text' && !token.text.includes('\\')) return token.text.slice(1, -1);
  return { true: true, false: false, null: null }[token.text];
}

/** A longer text is shown cut. */
const comparable = (given: Json | undefined) =>
  typeof given === 'number' || typeof given === 'boolean' || (typeof given === 'string' && given.length < 100);

interface Search {
  readonly tokens: readonly Token[];
  readonly given: Json | undefined;
  /** Whether a call of this name hands on the object that it is given. */
  readonly handsOn: (name: string) => boolean;
}

/** The value is surely another one than the program had (`differs`), or surely the same. */
function verdict({ tokens, given }: Search, value: Range | undefined): 'same' | 'differs' | 'open' {
  const written = value === undefined ? undefined : literal(tokens, value);
  if (written === undefined || !comparable(given)) return 'open';
  return written === given ? 'same' : 'differs';
}

const rest = (path: string, key: string) =>
  path === key ? '' : path.startsWith(`${key}.`) || path.startsWith(`${key}#`) ? path.slice(key.length + 1) : undefined;

/** `differs`: what stands there is not what the program had, so that no place above it is certain either. */
type Found = Token | 'differs' | undefined;

function inObject(search: Search, open: number, path: string): Found {
  let best: (Property & { readonly below: string }) | undefined;
  let covered = false;
  for (const range of parts(search.tokens, open)) {
    const one = property(search.tokens, range);
    const below = one.key === undefined ? undefined : rest(path, one.key);
    if (one.key === undefined) covered = best !== undefined;
    else if (below !== undefined && one.key.length >= (best?.key?.length ?? 0)) {
      best = { ...one, below };
      covered = false;
    }
  }
  if (!best) return undefined;
  if (best.below !== '')
    return covered ? undefined : ((best.value && inValue(search, best.value, best.below)) ?? best.token);
  const known = verdict(search, best.value);
  if (covered) return known === 'same' ? best.token : undefined;
  return known === 'differs' ? 'differs' : best.token;
}

function inList(search: Search, open: number, path: string): Found {
  const [, digits = '', below = ''] = /^(\d+)(?:\.(.+))?$/.exec(path) ?? [];
  const items = parts(search.tokens, open);
  const index = Number(digits);
  const range = digits === '' ? undefined : items[index];
  if (!range || items.slice(0, index + 1).some(([first]) => search.tokens[first]?.text === '...')) return undefined;
  const value = untyped(search.tokens, range);
  if (below !== '') return inValue(search, value, below) ?? search.tokens[range[0]];
  return verdict(search, value) === 'differs' ? 'differs' : search.tokens[range[0]];
}

function inValue(search: Search, value: Range, path: string): Found {
  const { tokens } = search;
  const [first, last] = value;
  const object = bracket(tokens, value, '{');
  if (object !== undefined) return inObject(search, object, path);
  const list = bracket(tokens, value, '[');
  if (list !== undefined) return inList(search, list, path);
  const call = tokens[first]?.kind === 'word' ? bracket(tokens, [first + 1, last], '(') : undefined;
  if (call === undefined || !search.handsOn(tokens[first]?.text ?? '')) return undefined;
  const [argument, ...more] = parts(tokens, call);
  const inner = argument && more.length === 0 ? bracket(tokens, argument, '{') : undefined;
  return inner === undefined ? undefined : inObject(search, inner, path);
}

const lineEnd = /\r\n|[\n\r\u2028\u2029]/g;

function offsetOf(source: string, { line, column }: SourcePlace): number | undefined {
  let start = 0;
  lineEnd.lastIndex = 0;
  for (let at = 1; at < line; at++) {
    if (!lineEnd.test(source)) return undefined;
    start = lineEnd.lastIndex;
  }
  return start + column - 1;
}

function placeOf(source: string, offset: number): SourcePlace {
  const lines = source.slice(0, offset).split(lineEnd);
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

/** Whether a name that is imported from the package is nothing else in this file: never set, never a parameter. */
function imports(source: string, name: string): boolean {
  const lists = /(?:\bimport\s*\{([^}]*)\}\s*from\s*|\bconst\s*\{([^}]*)\}\s*=\s*require\(\s*)['"]cdksft['"]/g;
  const elsewhere = source.replace(lists, '');
  const listed = [...source.matchAll(lists)].flatMap(([, one, other]) => (one ?? other ?? '').split(','));
  const uses = elsewhere.match(
    new RegExp(`(?<![\\w$.'"\`])${name}(?![\\w$'"\`])(?!\\s*\\()|\\bfunction\\s+${name}\\b`, 'g'),
  );
  return listed.some((one) => one.trim() === name) && uses === null;
}

/**
 * `call`: where the engine says that the construct was made, at `new` or at the name of the function. `path` as findings
 * have it, `batch.global`. The settings are the third argument. Undefined: nothing is certain.
 */
export function settingPlace(
  source: string,
  call: SourcePlace,
  path: string,
  given: Json | undefined,
): SourcePlace | undefined {
  const offset = offsetOf(source, call);
  const tokens = offset === undefined ? undefined : tokensOfCall(source, offset);
  const open = tokens?.findIndex(({ text }) => text === '(') ?? -1;
  if (!tokens || tokens[0]?.at !== offset || tokens.at(-1)?.text !== ')' || open < 1) return undefined;
  // `new FineTune(`, `new sft.FineTune(`, `local(`; another head is not what the engine meant.
  const head = tokens.slice(0, open).map(({ text }) => text);
  if (!/^(new (?:[\w$]+ \. )*[\w$]+|(?!new\b)[\w$]+)$/u.test(head.join(' '))) return undefined;
  const passed = parts(tokens, open);
  const settings = passed[2] && untyped(tokens, passed[2]);
  const object = settings && bracket(tokens, settings, '{');
  if (object === undefined || passed.slice(0, 2).some(([first]) => tokens[first]?.text === '...')) return undefined;
  const handsOn = (name: string) => (name === 'lora' || name === 'qlora') && imports(source, name);
  const found = inObject({ tokens, given, handsOn }, object, path);
  return found === undefined || found === 'differs' ? undefined : placeOf(source, found.at);
}
