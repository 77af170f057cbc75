/**
 * Where a text may be taken apart so that its token ids are those of its parts, one after the other: before some of its
 * spaces, behind some of its line breaks, and only for tokenizers of which that can be shown. docs/tokens.md has the proof for each kind.
 */
import { isObject } from '../../base/json.ts';

export interface Borders {
  /** Letters behind which a space is no border, beside white space: tokens may reach from them across it. */
  readonly joined: ReadonlySet<number>;
  /** There is one between a line break and a visible letter of ASCII, too. */
  readonly afterLineBreak: boolean;
  /** A token's letters in a part are those that it has in the text, so that they can be looked up there. */
  readonly keepsLetters: boolean;
}

type Part = Readonly<Record<string, unknown>>;

const sentencePieceSpace = '▁';

/** Llama 3's and Qwen's: a line break ends a match in any case. */
const linePatterns: ReadonlySet<unknown> = new Set([
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
]);
const gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

const partOf = (value: unknown): Part | undefined => (isObject(value) ? value : undefined);
const partsOf = (value: unknown): readonly Part[] => (Array.isArray(value) ? value.filter(isObject) : []);

type Kind = Omit<Borders, 'keepsLetters'>;

/**
 * Text is split into words, as it stands, before anything is merged. In these patterns white space begins a match or is all
 * of it: none goes on from another letter across a space, and none looks back.
 */
function words(normalizer: Part | undefined, splits: Part | undefined): Kind | undefined {
  if (normalizer !== undefined && normalizer.type !== 'NFC') return undefined;
  const parts = splits?.type === 'Sequence' ? partsOf(splits.pretokenizers) : splits ? [splits] : [];
  const bytes = parts.at(-1);
  if (bytes?.type !== 'ByteLevel' || bytes.add_prefix_space !== false || parts.length > 2) return undefined;
  const found = { joined: new Set<number>() };
  const [split] = parts;
  // Its own pattern is GPT-2's.
  if (split === bytes) return bytes.use_regex === false ? undefined : { ...found, afterLineBreak: false };
  const pattern = partOf(split?.pattern)?.Regex;
  const isSplit = split?.type === 'Split' && split.behavior === 'Isolated' && split.invert === false;
  if (!isSplit || bytes.use_regex !== false) return undefined;
  if (linePatterns.has(pattern)) return { ...found, afterLineBreak: true };
  return pattern === gpt2 ? { ...found, afterLineBreak: false } : undefined;
}

/** All of a text is merged as one, with ▁ for each space; undefined for a way of splitting that is not known. */
function wholeText(
  normalizer: Part | undefined,
  splits: Part | undefined,
): { readonly firstDiffers: boolean } | undefined {
  const replaces =
    normalizer?.type === 'Replace' &&
    partOf(normalizer.pattern)?.String === ' ' &&
    normalizer.content === sentencePieceSpace;
  // Where there is no space left, a split at spaces does nothing.
  if (replaces && (splits === undefined || (splits.type === 'Split' && partOf(splits.pattern)?.String === ' ')))
    return { firstDiffers: false };
  const isMetaspace =
    normalizer === undefined &&
    splits?.type === 'Metaspace' &&
    splits.replacement === sentencePieceSpace &&
    splits.split === false &&
    (splits.prepend_scheme === 'first' || splits.prepend_scheme === 'never');
  return isMetaspace ? { firstDiffers: splits.prepend_scheme === 'first' } : undefined;
}

const isByte = (token: string) => /^<0x[0-9A-F]{2}>$/.test(token);

/** Of a text that is merged as one, what no merge goes across. */
function unmerged({ merges, vocab, ignore_merges }: Part): Pick<Kind, 'joined' | 'afterLineBreak'> | undefined {
  if (!Array.isArray(merges) || !isObject(vocab) || vocab[sentencePieceSpace] === undefined || ignore_merges === true)
    return undefined;
  const joined = new Set<number>();
  let afterLineBreak = true;
  for (const merge of merges) {
    const [first, second] = (Array.isArray(merge) ? merge : String(merge).split(' ')) as [string, string];
    if (isByte(first) || isByte(second)) return undefined;
    // Of a letter of two units, the second: it stands before the space.
    if (second.startsWith(sentencePieceSpace) && !first.endsWith(sentencePieceSpace))
      joined.add(first.charCodeAt(first.length - 1));
    if (first.endsWith('\n') && /^[!-~]/.test(second)) afterLineBreak = false;
  }
  return { joined, afterLineBreak };
}

const isPlainBpe = (model: Part | undefined): model is Part =>
  model?.type === 'BPE' &&
  (model.dropout ?? null) === null &&
  !model.continuing_subword_prefix &&
  !model.end_of_word_suffix;

/** Added tokens are found in the text as it stands, wherever they are, and none of them reaches across a border. */
function standAlone(added: readonly Part[]): boolean {
  return added.every(
    ({ content, lstrip, rstrip, single_word }) =>
      !lstrip && !rstrip && !single_word && typeof content === 'string' && !/[^\s▁][\s▁]|\n[!-~]/u.test(content),
  );
}

const processors = new Set<unknown>(['ByteLevel', 'TemplateProcessing', 'Sequence']);

function allParts(processor: Part | undefined): readonly Part[] {
  if (processor === undefined) return [];
  return [processor, ...partsOf(processor.processors).flatMap(allParts)];
}

/** `json`: a tokenizer.json. Undefined where it is not known that ids of parts are parts of the ids. */
export function bordersOf(json: string): Borders | undefined {
  const tokenizer = partOf(JSON.parse(json));
  if (!tokenizer || !standAlone(partsOf(tokenizer.added_tokens))) return undefined;
  const after = allParts(partOf(tokenizer.post_processor));
  const model = partOf(tokenizer.model);
  if (!isPlainBpe(model) || !after.every(({ type }) => processors.has(type))) return undefined;
  const [normalizer, splits] = [partOf(tokenizer.normalizer), partOf(tokenizer.pre_tokenizer)];
  // It takes a space from a token's letters, but not from those of a text's first.
  const keepsLetters = !after.some(({ type, trim_offsets }) => type === 'ByteLevel' && trim_offsets !== false);
  const kind = words(normalizer, splits) ?? merged(model, wholeText(normalizer, splits));
  return kind && { ...kind, keepsLetters };
}

function merged(model: Part, whole: { readonly firstDiffers: boolean } | undefined): Kind | undefined {
  const found = whole && unmerged(model);
  // Where a text's first letter is tokenised as if a space stood before it, a part must not begin with one.
  return found && { ...found, afterLineBreak: found.afterLineBreak && !whole.firstDiffers };
}
