/** A folder with a tokenizer: as the trainer has written it down (trainer/cdksft_trainer/tokenizer.py), or as a repository has it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, type Sha, sha256, short } from '../../base/hash.ts';
import { isObject } from '../../base/json.ts';
import type { SpecialTokens } from '../template/render.ts';
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

function valueIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function objectIn(path: string): Record<string, unknown> {
  const value = valueIn(path);
  return isObject(value) ? value : {};
}

/** FORMAT of tokenizer.py. */
const format = 2;

/** As key_of in tokenizer.py: another transformers may make another tokenizer of the same files. */
export function keyOf(origin: Origin, transformers: string): Sha {
  if ('id' in origin) return hashOf({ format, id: origin.id, revision: origin.revision, transformers });
  const files: Record<string, Sha> = {};
  for (const name of sources) {
    const bytes = bytesOf(join(origin.folder, name));
    if (bytes) files[name] = sha256(bytes);
  }
  return hashOf({ format, files, transformers });
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** As the trainer has written it down in a workspace; undefined where it has not, or what is there is not what was written. */
export function writtenTokenizer(workspace: string, origin: Origin, transformers: string): TokenizerParts | undefined {
  const key = keyOf(origin, transformers);
  return writtenInto(join(workspace, 'tokenizers', short(key)), key);
}

/** A folder that the trainer has written, wherever it lies now; of `key` alone, where one is given. */
export function writtenInto(folder: string, key?: Sha): TokenizerParts | undefined {
  const manifest = objectIn(join(folder, 'manifest.json'));
  const json = bytesOf(join(folder, 'tokenizer.json'));
  // Weights have a manifest too, without special tokens.
  if (!json || manifest.format !== format || !('eos_token' in manifest) || (key !== undefined && manifest.key !== key))
    return undefined;
  const files: unknown[] = Array.isArray(manifest.files) ? manifest.files : [];
  const listed = files.find((file) => isObject(file) && file.path === 'tokenizer.json');
  if (!isObject(listed) || listed.sha256 !== sha256(json)) return undefined;
  return {
    json: json.toString(),
    eos: text(manifest.eos_token),
    special: specialsIn(manifest),
    template: templateOf(valueIn(join(folder, 'chat_template.json'))),
    training: text(valueIn(join(folder, 'training_template.json'))) ?? null,
    splitsSpecialTokens: manifest.split_special_tokens === true,
  };
}

/** One template, or several by name: as an object, or as older files list them. */
function templateOf(value: unknown): TokenizerParts['template'] {
  if (typeof value === 'string') return value;
  const pairs: unknown[][] = Array.isArray(value)
    ? value.map((one) => (isObject(one) ? [one.name, one.template] : []))
    : Object.entries(isObject(value) ? value : {});
  const named = pairs.filter((pair): pair is [string, string] => pair.every((one) => typeof one === 'string'));
  return named.length === 0 ? undefined : Object.fromEntries(named);
}

/** The special tokens that a template may write. */
function specialsIn(settings: Record<string, unknown>): SpecialTokens {
  const names = ['bos', 'eos', 'unk', 'pad', 'sep', 'cls', 'mask'].map((name) => `${name}_token`);
  return Object.fromEntries(
    names.flatMap((name) => {
      const found = specialIn(settings, name);
      return found === undefined ? [] : [[name, found]];
    }),
  );
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
  const special = {
    ...specialsIn(objectIn(join(folder, 'special_tokens_map.json'))),
    ...specialsIn(settings),
  };
  // A file of its own comes first, as with transformers.
  const template = bytesOf(join(folder, 'chat_template.jinja'))?.toString() ?? templateOf(settings.chat_template);
  const { eos_token: eos } = special;
  return { json: json.toString(), eos, special, template, splitsSpecialTokens: settings.split_special_tokens === true };
}
