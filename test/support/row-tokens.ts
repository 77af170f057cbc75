/** Tokens of rows by the way that plans and `sft data inspect` go: rendered, tokenised, and cut by the one rule that there is. */
import type { Example } from '../../lib/data/example.ts';
import { openRenderer } from '../../lib/data/review/rendering.ts';
import type { NamedTemplate } from '../../lib/data/review/shaping.ts';
import type { Outcome } from '../../lib/data/template/outcome.ts';
import type { TemplateGiven } from '../../lib/data/template/render.ts';
import { type Labelled, tokensOf } from '../../lib/data/tokens/as-trained.ts';
import { keptOf, markedIn } from '../../lib/data/tokens/cut.ts';
import type { Tokenizer } from '../../lib/data/tokens/tokenizer.ts';

/** SFTConfig's, under their meaning. */
export interface CutSettings {
  readonly maxLength: number | undefined;
  /** Rows are cut where sequences are made of them, not before. */
  readonly packing: boolean;
  readonly keepsEnd?: boolean;
}

/** A row as it is trained on. */
export interface CutTokens extends Labelled {
  /** Tokens before the cut, and those of them that are trained. */
  readonly whole: number;
  readonly wholeTrained: number;
  readonly isDropped: boolean;
}

export function cut({ ids, trained, merged }: Labelled, { maxLength, packing, keepsEnd }: CutSettings): CutTokens {
  const limits = { maxLength: packing ? undefined : maxLength, ...(keepsEnd ? { keepsEnd } : {}) };
  const { from, to, isDropped } = keptOf(trained, limits);
  const kept = { ids: ids.subarray(from, to), trained: trained.subarray(from, to) };
  return { ...kept, merged, whole: ids.length, wholeTrained: markedIn(trained), isDropped };
}

export type RowTokens = CutTokens | { readonly refused: string };

export async function tokensOfOutcomes(
  outcomes: readonly Outcome[],
  tokenizer: Tokenizer,
  settings: CutSettings,
): Promise<RowTokens[]> {
  const rendered = outcomes.flatMap((one) => ('rendered' in one ? [one.rendered] : []));
  const tokens = await tokensOf(rendered, tokenizer);
  let next = 0;
  return outcomes.map((one) => {
    if ('rendered' in one) return cut(tokens[next++] as Labelled, settings);
    return { refused: 'unfit' in one ? one.unfit : 'refused' in one ? one.refused : one.failed };
  });
}

export const named = (given: TemplateGiven): NamedTemplate =>
  'jinja' in given ? { name: 'own', jinja: given.jinja } : { name: given.name };

export interface HowTrained extends CutSettings {
  readonly template: TemplateGiven;
  readonly answersOnly: boolean;
}

/** Throws NoTokens. */
export async function rowTokens(
  examples: readonly Example[],
  tokenizer: Tokenizer,
  { template, answersOnly, ...settings }: HowTrained,
): Promise<RowTokens[]> {
  const renderer = await openRenderer(named(template), { tokenizer, answersOnly });
  try {
    return await tokensOfOutcomes(await renderer.render(examples), tokenizer, settings);
  } finally {
    await renderer.close();
  }
}
