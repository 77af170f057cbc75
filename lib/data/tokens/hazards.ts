/**
 * What of a tokenizer.json ends the whole process instead of an error: the Rust code behind the npm package panics, and an
 * addon's panic is an abort. Found by trying damaged files on tokenizers 0.23.
 */
import { isObject } from '../../base/json.ts';

type Part = Readonly<Record<string, unknown>>;

/** Normalizers and the like, with those that stand in a sequence. */
function* partsOf(value: unknown): Generator<Part> {
  if (Array.isArray(value)) for (const one of value) yield* partsOf(one);
  else if (isObject(value)) {
    yield value;
    yield* partsOf(value.normalizers);
    yield* partsOf(value.processors);
  }
}

/** A length of four bytes, a table of so many, and letters in UTF-8. */
function isCharsmap(text: unknown): boolean {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return false;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length < 4) return false;
  const table = bytes.readUInt32LE(0);
  // Each step in the table may go anywhere in a block of 256 entries.
  if (table === 0 || table % 1024 !== 0 || table + 4 > bytes.length) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(4 + table));
    return true;
  } catch {
    return false;
  }
}

function lacksTokens({ type, single, pair, special_tokens }: Part): boolean {
  if (type !== 'TemplateProcessing') return false;
  const known = isObject(special_tokens) ? special_tokens : {};
  return [single, pair].flat().some((piece) => {
    const named = isObject(piece) && isObject(piece.SpecialToken) ? piece.SpecialToken.id : undefined;
    return typeof named === 'string' && !Object.hasOwn(known, named);
  });
}

function hasLongPrefix(model: unknown): boolean {
  if (!isObject(model) || typeof model.continuing_subword_prefix !== 'string' || !Array.isArray(model.merges))
    return false;
  const prefix = Buffer.byteLength(model.continuing_subword_prefix);
  return model.merges.some((merge: unknown) => {
    const second: unknown = Array.isArray(merge) ? merge[1] : String(merge).split(' ')[1];
    return typeof second === 'string' && Buffer.byteLength(second) < prefix;
  });
}

/** Goes on from "tokenizer.json cannot be read". Undefined too where it is no JSON: that is told without harm. */
export function hazardOf(json: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  for (const part of partsOf(value.normalizer))
    if (part.type === 'Precompiled' && !isCharsmap(part.precompiled_charsmap))
      return 'the table of its Precompiled normalizer is damaged';
  for (const part of partsOf(value.post_processor))
    if (lacksTokens(part)) return 'its template names a special token that it does not list';
  return hasLongPrefix(value.model) ? 'a merge is shorter than the prefix of what continues a word' : undefined;
}
