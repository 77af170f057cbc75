/**
 * The tags of a Jinja template, with the line of each, and the template written again for the engine: white space taken
 * away as transformers has Jinja do it (trim_blocks, lstrip_blocks), what is printed told with its line, and blocks of
 * `generation`, which the engine would drop, kept as calls.
 */
import { space, stripRight } from './python.ts';

export class TemplateSyntax extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** Names in the rewritten template; a template that uses them is refused. */
export const printed = 'cdksft_printed__';
export const generation = 'cdksft_generation__';

export interface Tags {
  /** What the engine is given. */
  readonly text: string;
  /** Line, from 1, of each tag of it: comments too. */
  readonly lines: readonly number[];
  /** Of each `for` in turn. */
  readonly loops: readonly number[];
}

interface Tag {
  readonly kind: '{' | '%' | '#';
  readonly code: string;
  readonly opens: string;
  readonly closes: string;
  readonly end: number;
}

const named = { '{': 'an expression {{', '%': 'a statement {%', '#': 'a comment {#' } as const;
const closers: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

function behindString(source: string, at: number): number {
  const quote = source[at];
  for (let end = at + 1; end < source.length; end += 1) {
    if (source[end] === '\\') end += 1;
    else if (source[end] === quote) return end + 1;
  }
  return source.length;
}

/** The engine looks at each run of white space from each of its letters on: one that is long would take it for ever. */
const long = /\s{65,}/g;

const escaped = (run: string) =>
  run.replaceAll(/\s/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Code of a tag without such runs: in strings they are written as escapes. */
function shortened(code: string): string {
  if (code.search(long) < 0) return code;
  let out = '';
  for (let at = 0; at < code.length; ) {
    const isString = code[at] === '"' || code[at] === "'";
    const next = code.slice(at + 1).search(/["']/);
    const end = isString ? behindString(code, at) : next < 0 ? code.length : at + 1 + next;
    out += code.slice(at, end).replaceAll(long, (run) => (isString ? escaped(run) : ' '));
    at = end;
  }
  return out;
}

class Scanner {
  readonly #source: string;
  readonly #lines: number[] = [];
  readonly #loops: number[] = [];
  #out = '';
  #at = 0;
  #line = 1;
  #counted = 0;
  /** Whether what was last read ends a line: then spaces before the next statement are indentation. */
  #startsLine = true;

  constructor(source: string) {
    this.#source = source;
  }

  scan(): Tags {
    const opening = /\{[{%#]/g;
    for (;;) {
      opening.lastIndex = this.#at;
      const found = opening.exec(this.#source);
      if (!found) break;
      const line = this.#lineAt(found.index);
      const tag = this.#tag(found.index);
      this.#out += this.#apart(this.#before(this.#source.slice(this.#at, found.index), tag), line);
      this.#lines.push(line);
      this.#out += this.#written(tag);
      this.#at = this.#behind(tag);
    }
    this.#out += this.#apart(this.#source.slice(this.#at), this.#line);
    // The engine would take one more line break from the end.
    return { text: `${this.#out}{##}`, lines: this.#lines, loops: this.#loops };
  }

  #lineAt(at: number): number {
    for (let next = this.#source.indexOf('\n', this.#counted); next >= 0 && next < at; ) {
      this.#line += 1;
      this.#counted = next + 1;
      next = this.#source.indexOf('\n', this.#counted);
    }
    return this.#line;
  }

  /** A brace at the end of a text, from which white space was taken, must not become part of the tag behind it. */
  #apart(text: string, line: number): string {
    const braces = /\{*$/.exec(text)?.[0] ?? '';
    if (braces === '') return this.#parted(text, line);
    const before = this.#parted(text.slice(0, -braces.length), line);
    this.#lines.push(line);
    return `${before}{{ "${braces}" }}`;
  }

  /** Long runs of white space, with comments in them. */
  #parted(text: string, line: number): string {
    return text.replaceAll(long, (run) => {
      const parts = run.match(/\s{1,64}/g) ?? [];
      for (let one = 1; one < parts.length; one += 1) this.#lines.push(line);
      return parts.join('{##}');
    });
  }

  #before(text: string, { kind, opens }: Tag): string {
    if (opens === '-') return stripRight(text);
    if (opens === '+' || kind === '{') return text;
    const start = text.lastIndexOf('\n') + 1;
    const indents = start > 0 || this.#startsLine;
    return indents && /^[ \t]*$/.test(text.slice(start)) ? text.slice(0, start) : text;
  }

  #behind({ kind, closes, end }: Tag): number {
    let at = end;
    const rest = this.#source.slice(end, end + 1);
    if (closes === '-') {
      const run = new RegExp(`[${space}]*`, 'y');
      run.lastIndex = end;
      at += run.exec(this.#source)?.[0].length ?? 0;
    } else if (closes !== '+' && kind !== '{' && rest === '\n') at += 1;
    this.#startsLine = at > end && this.#source[at - 1] === '\n';
    return at;
  }

  #tag(at: number): Tag {
    const kind = this.#source[at + 1] as Tag['kind'];
    const sign = this.#source[at + 2] ?? '';
    const opens = sign === '-' || sign === '+' ? sign : '';
    const start = at + 2 + opens.length;
    const end = kind === '#' ? this.#source.indexOf('#}', start) : this.#closing(start, kind, at);
    if (end < 0) throw new TemplateSyntax(`${named[kind]} is not closed`, this.#lineAt(at));
    const last = end > start ? (this.#source[end - 1] as string) : '';
    const closes = last === '-' || (last === '+' && kind !== '{') ? last : '';
    return { kind, opens, closes, code: this.#source.slice(start, end - closes.length), end: end + 2 };
  }

  /** Where the tag's end begins: strings, and braces within braces, may hold what looks like it. */
  #closing(start: number, kind: '{' | '%', begin: number): number {
    const end = kind === '{' ? '}}' : '%}';
    const open: string[] = [];
    for (let at = start; at < this.#source.length; ) {
      const mark = this.#source[at] as string;
      if (open.length === 0 && this.#source.startsWith(end, at)) return at;
      if (mark === '"' || mark === "'") {
        at = behindString(this.#source, at);
        continue;
      }
      if ('([{'.includes(mark)) open.push(mark);
      const opener = closers[mark];
      if (opener && open.pop() !== opener)
        throw new TemplateSyntax(`${mark} closes nothing in ${named[kind]}`, this.#lineAt(begin));
      at += 1;
    }
    return -1;
  }

  #written({ kind, code }: Tag): string {
    if (kind === '#') return '{##}';
    if (kind === '{') return `{{ ${printed}(${this.#lines.at(-1)}, (${shortened(code)})) }}`;
    const name = code.trim();
    if (name === 'generation') return `{% call ${generation}() %}`;
    if (name === 'endgeneration') return '{% endcall %}';
    if (/^for\b/.test(name)) this.#loops.push(this.#lines.at(-1) as number);
    return `{% ${shortened(code)} %}`;
  }
}

/** Throws TemplateSyntax. */
export function readTags(template: string): Tags {
  const source = template.replaceAll(/\r\n?/g, '\n').replace(/\n$/, '');
  const reserved = [printed, generation].find((name) => source.includes(name));
  if (reserved) throw new TemplateSyntax(`the name ${reserved} is taken`, 1);
  return new Scanner(source).scan();
}
