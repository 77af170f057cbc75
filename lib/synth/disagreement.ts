/** Where two synthesised stacks are not the same: the first document, and the first place in it. */
import { isObject, type Json } from '../base/json.ts';
import type { GeneratedFile, Manifest } from '../manifest.ts';

export interface Disagreement {
  /** Relative to the stack's folder. */
  readonly document: string;
  /** A JSON pointer, or `line 3`; absent where only one of the two has the document. */
  readonly at?: string;
  readonly first: Json;
  readonly second: Json;
}

const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

type Place = Pick<Disagreement, 'first' | 'second'> & { readonly at: string };

function inJson(first: Json | undefined, second: Json | undefined, at: string): Place | undefined {
  if (JSON.stringify(first) === JSON.stringify(second)) return undefined;
  const lists = Array.isArray(first) && Array.isArray(second);
  if (lists || (isObject(first) && isObject(second))) {
    const [a, b] = [first, second] as unknown as [Record<string, Json>, Record<string, Json>];
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = inJson(a[key], b[key], `${at}/${escaped(key)}`);
      if (found) return found;
    }
  }
  return { at, first: first ?? null, second: second ?? null };
}

function inText(first: string, second: string): Place | undefined {
  const [a, b] = [first.split('\n'), second.split('\n')];
  const index = a.findIndex((line, place) => line !== b[place]);
  const place = index < 0 ? a.length : index;
  return { at: `line ${place + 1}`, first: a[place] ?? null, second: b[place] ?? null };
}

function inFile(first: GeneratedFile, second: GeneratedFile): Place | undefined {
  if (first.content === second.content) return undefined;
  return first.path.endsWith('.json')
    ? inJson(JSON.parse(first.content) as Json, JSON.parse(second.content) as Json, '')
    : inText(first.content, second.content);
}

/** A run's settings say the most; the documents of the whole stack repeat them, or hold hashes of them. */
const rank = ({ path }: GeneratedFile) =>
  path.endsWith('/train.json') ? 0 : path.endsWith('.json') && path.includes('/') ? 1 : path.includes('/') ? 2 : 3;

const inOrder = (files: readonly GeneratedFile[]) =>
  files.toSorted((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));

/** Undefined where the two agree to the byte. */
export function firstDisagreement(first: Manifest, second: Manifest): Disagreement | undefined {
  const others = new Map(second.files.map((file) => [file.path, file]));
  const own = new Set(first.files.map(({ path }) => path));
  for (const file of inOrder(first.files)) {
    const other = others.get(file.path);
    if (!other) return { document: file.path, first: 'there', second: 'not there' };
    const found = inFile(file, other);
    if (found) return { document: file.path, ...found };
  }
  const more = inOrder(second.files).find(({ path }) => !own.has(path));
  return more && { document: more.path, first: 'not there', second: 'there' };
}
