/** Where the tokenizer of a model lies that this machine can read. Nothing is fetched. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NoTokens, type TokenizerParts } from './tokenizer.ts';
import { type Origin, standingTokenizer, writtenInto, writtenTokenizer } from './written.ts';

/** `made`: the folder of random weights that the trainer makes with their tokenizer, of the rows. */
export type TokenizerSource =
  | { readonly id: string; readonly revision?: string | undefined }
  | { readonly folder: string }
  | { readonly made: string };

export interface TokenizerPlaces {
  /** Hugging Face’s own cache of repositories. */
  readonly cache: string;
  /** Of a target on this machine. */
  readonly workspace?: string | undefined;
  /** The version that the run is trained with. */
  readonly transformers?: string | undefined;
}

export interface FoundTokenizer {
  readonly parts: TokenizerParts;
  /** It is the one that the trainer loads; else a repository’s own tokenizer.json, which transformers may change. */
  readonly isLoaded: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** As huggingface_hub finds it. */
export function hubCache(environment: Environment, home: string): string {
  const { HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = environment;
  const at = (path: string) => (path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path);
  const given = HF_HUB_CACHE || HUGGINGFACE_HUB_CACHE;
  if (given) return at(given);
  return join(at(HF_HOME || join(XDG_CACHE_HOME || join(home, '.cache'), 'huggingface')), 'hub');
}

const isCommit = (revision: string) => /^[0-9a-f]{40}$/.test(revision);

/** What a branch or tag was when it was last fetched. */
function commitIn(repository: string, revision: string): string | undefined {
  if (isCommit(revision)) return revision;
  try {
    const commit = readFileSync(join(repository, 'refs', revision), 'utf8').trim();
    return isCommit(commit) ? commit : undefined;
  } catch {
    return undefined;
  }
}

/** Throws NoTokens. */
export function findTokenizer(source: TokenizerSource, places: TokenizerPlaces): FoundTokenizer {
  if ('made' in source) return made(source.made);
  if ('folder' in source) {
    if (!existsSync(source.folder)) throw new NoTokens('the model’s folder is not on this machine');
    return inFolder(source.folder, { folder: source.folder }, places);
  }
  const { id, revision = 'main' } = source;
  const repository = join(places.cache, `models--${id.replaceAll('/', '--')}`);
  const commit = commitIn(repository, revision);
  if (commit === undefined) throw new NoTokens(`${id} is not in the Hugging Face cache of this machine`);
  return inFolder(join(repository, 'snapshots', commit), { id, revision: commit }, places, id);
}

function made(folder: string): FoundTokenizer {
  const parts = existsSync(join(folder, 'manifest.json')) ? standingTokenizer(folder) : undefined;
  if (!parts) throw new NoTokens('the tokenizer is made when the weights are, and these are not on this machine');
  return { parts, isLoaded: true };
}

function inFolder(folder: string, origin: Origin, places: TokenizerPlaces, id?: string): FoundTokenizer {
  const { workspace, transformers } = places;
  const written =
    workspace !== undefined && transformers !== undefined
      ? writtenTokenizer(workspace, origin, transformers)
      : undefined;
  const loaded = written ?? writtenInto(folder);
  if (loaded) return { parts: loaded, isLoaded: true };
  const parts = standingTokenizer(folder);
  if (parts) return { parts, isLoaded: false };
  if (id !== undefined && !existsSync(folder))
    throw new NoTokens(`${id} at this commit is not in the Hugging Face cache of this machine`);
  throw new NoTokens('the model has no tokenizer.json, and the trainer has not written one yet');
}
