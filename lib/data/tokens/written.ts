/** A folder with a tokenizer: as the trainer has written it down (trainer/cdksft_trainer/tokenizer.py), or as a repository has it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, type Sha, sha256, short } from '../../base/hash.ts';
import { isObject } from '../../base/json.ts';
import type { TokenizerParts } from './tokenizer.ts';

/** What transformers reads to make a tokenizer, as tokenizer.py lists it. */
const sources = [
  'added_tokens.json',
  'chat_template.jinja',
  'config.json',
  'merges.txt',
  'sentencepiece.bpe.model',
  'special_tokens_map.json',
  'spiece.model',
  'tekken.json',
  'tokenizer.json',
  'tokenizer.model',
  'tokenizer_config.json',
  'vocab.json',
  'vocab.txt',
];

/** A tokenizer by where it comes from: a commit of the Hub, or a folder, of which the content counts. */
export type Origin = { readonly id: string; readonly revision: string } | { readonly folder: string };

function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function objectIn(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** As key_of in tokenizer.py: another transformers may make another tokenizer of the same files. */
export function keyOf(origin: Origin, transformers: string): Sha {
  if ('id' in origin) return hashOf({ id: origin.id, revision: origin.revision, transformers });
  const files: Record<string, Sha> = {};
  for (const name of sources) {
    const bytes = bytesOf(join(origin.folder, name));
    if (bytes) files[name] = sha256(bytes);
  }
  return hashOf({ files, transformers });
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** As the trainer has written it down in a workspace; undefined where it has not, or what is there is not what was written. */
export function writtenTokenizer(workspace: string, origin: Origin, transformers: string): TokenizerParts | undefined {
  const key = keyOf(origin, transformers);
  const folder = join(workspace, 'tokenizers', short(key));
  const manifest = objectIn(join(folder, 'manifest.json'));
  const json = bytesOf(join(folder, 'tokenizer.json'));
  if (!json || manifest.format !== 1 || manifest.key !== key) return undefined;
  const files: unknown[] = Array.isArray(manifest.files) ? manifest.files : [];
  const listed = files.find((file) => isObject(file) && file.path === 'tokenizer.json');
  if (!isObject(listed) || listed.sha256 !== sha256(json)) return undefined;
  return {
    json: json.toString(),
    eos: text(manifest.eos_token),
    splitsSpecialTokens: manifest.split_special_tokens === true,
  };
}

/** In older files a special token is an object with its text. */
function specialIn(settings: Record<string, unknown>, name: string): string | undefined {
  const value = settings[name];
  return text(isObject(value) ? value.content : value);
}

/** As it stands in a folder; undefined where there is no tokenizer.json. */
export function standingTokenizer(folder: string): TokenizerParts | undefined {
  const json = bytesOf(join(folder, 'tokenizer.json'));
  if (!json) return undefined;
  const settings = objectIn(join(folder, 'tokenizer_config.json'));
  const eos =
    specialIn(settings, 'eos_token') ?? specialIn(objectIn(join(folder, 'special_tokens_map.json')), 'eos_token');
  return { json: json.toString(), eos, splitsSpecialTokens: settings.split_special_tokens === true };
}
