/** Whose tokens `sft data inspect` counts: of a file, a folder or a model that is named, or of the run's model. */
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { requirementsFor } from '../catalog/requirements.ts';
import { transformersIn } from '../data/evidence/request.ts';
import { shownPath } from '../data/paths.ts';
import type { NamedTokenizer } from '../data/review/review.ts';
import { type FoundTokenizer, findTokenizer, hubCache, type TokenizerPlaces } from '../data/tokens/locate.ts';
import { NoTokens, openTokenizer } from '../data/tokens/tokenizer.ts';
import { exit, fail } from '../errors.ts';
import { hubId } from '../settings/model.ts';
import type { Context } from './context.ts';

/** A tokenizer that has not to be opened yet, and what it is called. */
export interface WantedTokenizer {
  readonly name: string;
  /** Throws NoTokens. */
  readonly find: () => FoundTokenizer;
}

/** The version that runs are trained with. */
function transformersVersion(): string | undefined {
  const plain = { device: 'cpu', deepspeed: false, quantization: false, trackers: [], attention: 'sdpa' } as const;
  return transformersIn(requirementsFor(plain));
}

export function placesIn(workspace: string | undefined, transformers = transformersVersion()): TokenizerPlaces {
  return {
    cache: hubCache(process.env, homedir()),
    ...(workspace === undefined ? {} : { workspace }),
    ...(transformers === undefined ? {} : { transformers }),
  };
}

/** A tokenizer.json under another name has nothing beside it that is its own. */
function inFile(path: string, places: TokenizerPlaces): FoundTokenizer {
  if (basename(path) === 'tokenizer.json') return findTokenizer({ folder: dirname(path) }, places);
  return { parts: { json: readFileSync(path, 'utf8') }, isLoaded: false };
}

/** `word`: a path, or the id of a model, with `@` and a revision behind it where there is one. */
export function namedTokenizer(word: string, { cwd, project }: Context): WantedTokenizer {
  const path = resolve(cwd, word);
  const places = placesIn(join(project, '.sft', 'workspace'));
  const stat = statSync(path, { throwIfNoEntry: false });
  const name = shownPath(word);
  if (stat?.isDirectory()) return { name, find: () => findTokenizer({ folder: path }, places) };
  if (stat?.isFile()) return { name, find: () => inFile(path, places) };
  const [id = '', revision] = word.split('@');
  if (!/^[./~]/.test(word) && hubId.safeParse(id).success)
    return { name, find: () => findTokenizer({ id, revision }, places) };
  throw fail(
    'usage/arguments',
    `--tokenizer ${name} is neither a file nor a folder, nor the id of a model.`,
    'Name a tokenizer.json, a folder that has one, or a model: meta-llama/Llama-2-7b-hf.',
    { exit: exit.usage },
  );
}

export type Opened = NamedTokenizer | { readonly unknown: string };

export async function openWanted({ name, find }: WantedTokenizer): Promise<Opened> {
  try {
    const { parts, isLoaded } = find();
    return { name, opened: await openTokenizer(parts), isLoaded };
  } catch (caught) {
    if (!(caught instanceof NoTokens)) throw caught;
    return { unknown: caught.message };
  }
}

/** One that was asked for is there, or it is an error: a check that counts nothing would pass. */
export async function openNamed(word: string, context: Context): Promise<NamedTokenizer> {
  const opened = await openWanted(namedTokenizer(word, context));
  if (!('unknown' in opened)) return opened;
  throw fail(
    'data/tokenizer',
    `--tokenizer ${shownPath(word)} cannot be used: ${opened.unknown}.`,
    'Name a tokenizer.json, a folder that has one, or a model that is in the Hugging Face cache of this machine.',
    { exit: exit.usage },
  );
}
