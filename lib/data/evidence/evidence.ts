/** The evidence of one run's data: found before, or by a pass over the rows. */
import { hashOf, type Sha, sha256 } from '../../base/hash.ts';
import type { DataFinding } from '../judge/finding.ts';
import { loadBinding, packageName } from '../tokens/binding.ts';
import { type FoundTokenizer, findTokenizer } from '../tokens/locate.ts';
import { NoTokens, openTokenizer, type Tokenizer } from '../tokens/tokenizer.ts';
import type { EvidenceCache, Passed } from './cache.ts';
import type { DataEvidence, TokensUnknown } from './facts.ts';
import { type PassOptions, pass } from './pass.ts';
import type { EvidenceRequest } from './request.ts';

/** Grows where the same rows and settings lead to other evidence. */
const format = 1;

export interface EvidenceOptions extends PassOptions {
  readonly cache: EvidenceCache;
  /** Of cdksft: what is judged, and how it is told, is the version's. */
  readonly version: string;
  /** Hugging Face's own cache of repositories. */
  readonly hub: string;
  readonly workspace?: string;
}

export interface Found {
  readonly evidence: DataEvidence;
  readonly findings: readonly DataFinding[];
}

const isUnknown = (value: object): value is TokensUnknown => 'unknown' in value;

function unknownBecause(caught: unknown, fix?: string): TokensUnknown {
  if (!(caught instanceof NoTokens)) throw caught;
  return { unknown: caught.message, ...(fix === undefined ? {} : { fix }) };
}

/** What makes the tokens known where the tokenizer is not here; nothing where a run's start does it. */
function fixOf({ tokenizer }: EvidenceRequest): string | undefined {
  if (!('id' in tokenizer)) return undefined;
  const { id, revision } = tokenizer;
  const at = revision === undefined ? '' : ` --revision ${revision}`;
  return `Fetch it: hf download ${id}${at} --include 'tokenizer*' 'special_tokens_map.json' '*.jinja'`;
}

function located(request: EvidenceRequest, options: EvidenceOptions): FoundTokenizer | TokensUnknown {
  const { tokenizer, transformers } = request;
  if (isUnknown(tokenizer)) return tokenizer;
  if (isUnknown(request.template)) return request.template;
  try {
    return findTokenizer(tokenizer, { cache: options.hub, workspace: options.workspace, transformers });
  } catch (caught) {
    return unknownBecause(caught, fixOf(request));
  }
}

/** By the contents of the files, and all that shapes what is said of them. */
export function keyOf(request: EvidenceRequest, version: string, found?: FoundTokenizer): Sha {
  const { tokenizer: _, transformers: __, ...asked } = request;
  const parts = found && { ...found.parts, json: sha256(found.parts.json), isLoaded: found.isLoaded };
  return hashOf({ format, version, ...asked, tokenizer: parts ?? null });
}

async function opened(found: FoundTokenizer): Promise<Tokenizer | TokensUnknown> {
  try {
    return await openTokenizer(found.parts);
  } catch (caught) {
    const { native } = (await loadBinding()) as { native?: unknown };
    return unknownBecause(
      caught,
      native ? undefined : `Install it beside cdksft: npm install --save-dev ${packageName}`,
    );
  }
}

async function cached(key: Sha, cache: EvidenceCache, make: () => Promise<Passed>): Promise<Passed> {
  const known = cache.read(key);
  if (known) return known;
  const made = await make();
  cache.write(key, made);
  return made;
}

/** Without tokens it is judged as well; `why` is not of the rows, and so not kept. */
async function judged(request: EvidenceRequest, why: TokensUnknown, options: EvidenceOptions): Promise<Passed> {
  const key = keyOf(request, options.version);
  const { findings } = await cached(key, options.cache, () => pass(request, undefined, options));
  return { tokens: why, findings };
}

async function passed(request: EvidenceRequest, options: EvidenceOptions): Promise<Passed> {
  const found = located(request, options);
  if (isUnknown(found)) return judged(request, found, options);
  const key = keyOf(request, options.version, found);
  const known = options.cache.read(key);
  if (known) return known;
  const tokenizer = await opened(found);
  if (isUnknown(tokenizer)) return judged(request, tokenizer, options);
  return cached(key, options.cache, () => pass(request, { tokenizer, isLoaded: found.isLoaded }, options));
}

/** Throws UnreadFile where a file has changed meanwhile, and the signal's reason. */
export async function evidenceOf(request: EvidenceRequest, options: EvidenceOptions): Promise<Found> {
  const { maxLength, packing } = request.learning;
  const { tokens, findings } = await passed(request, options);
  return {
    evidence: {
      ...(maxLength === undefined ? {} : { maxLength }),
      ...(packing ? { packing: true } : {}),
      tokens,
    },
    findings,
  };
}
