/**
 * The npm package `tokenizers`: Hugging Face's own, the same Rust code that transformers runs. It is a peer that may be
 * missing: 64 MB for all systems, and most commands count nothing. So it is named by a variable, which no bundler follows.
 */
import { isObject } from '../../base/json.ts';

export interface NativeEncoding {
  getIds(): number[];
  /** Of the letter (a code point, as in Python) at this place; null where no token has it. */
  charToToken(place: number): number | null;
}

export interface EncodeOptions {
  readonly addSpecialTokens: boolean;
}

/** What of the package's `Tokenizer` is used. */
export interface NativeTokenizer {
  encodeBatch(texts: readonly string[], options: EncodeOptions): Promise<NativeEncoding[]>;
  tokenToId(token: string): number | null;
  disableTruncation(): void;
  disablePadding(): void;
}

interface NativePackage {
  readonly Tokenizer: { fromString(json: string): NativeTokenizer };
}

/** The release that the tests passed with; package.json names the same. */
export const packageName = 'tokenizers';

export type Loaded = { readonly native: NativePackage } | { readonly missing: string };

const hasTokenizer = (value: unknown): value is NativePackage =>
  isObject(value) && typeof value.Tokenizer === 'function' && 'fromString' in value.Tokenizer;

/** The first line of an error: what npm's loader says goes on for a page. */
function firstLine(caught: unknown): string {
  const text = caught instanceof Error ? caught.message : String(caught);
  return text.split('\n', 1)[0] ?? '';
}

async function load(name: string): Promise<Loaded> {
  try {
    const loaded: unknown = await import(name);
    if (hasTokenizer(loaded)) return { native: loaded };
    return { missing: `the npm package ${packageName} that is installed has no Tokenizer: it is another one` };
  } catch (caught) {
    const { code } = caught as { code?: string };
    if (code === 'ERR_MODULE_NOT_FOUND')
      return { missing: `the npm package ${packageName} is not installed: npm install --save-dev ${packageName}` };
    return { missing: `the npm package ${packageName} does not load here (${firstLine(caught)})` };
  }
}

const asked = new Map<string, Promise<Loaded>>();

/** Loaded at the first call, and once. `name` is another one in tests alone. */
export function loadBinding(name: string = packageName): Promise<Loaded> {
  const found = asked.get(name) ?? load(name);
  asked.set(name, found);
  return found;
}
