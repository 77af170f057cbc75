/** Special tokens and marks of templates that stand in the text of a row. */
import type { DataFinding, Detector, PlaceOf, Seen } from './finding.ts';
import { rows, Tally } from './tally.ts';
import { traits } from './traits.ts';

/** Of Llama 2, Mistral, Gemma, BERT and T5; those in <| |> have one form. `<s>` is also a tag of HTML: as a token it has no partner. */
const tokens = [
  '<unk>',
  '<pad>',
  '<bos>',
  '<eos>',
  '<start_of_turn>',
  '<end_of_turn>',
  '<<SYS>>',
  '<</SYS>>',
  '[INST]',
  '[/INST]',
  '[SYSTEM_PROMPT]',
  '[/SYSTEM_PROMPT]',
  '[TOOL_CALLS]',
  '[AVAILABLE_TOOLS]',
  '[TOOL_RESULTS]',
  '[CLS]',
  '[SEP]',
  '[MASK]',
  '[PAD]',
  '[UNK]',
];

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Llama 3, ChatML, Phi, Qwen; DeepSeek writes full-width bars. */
const barred = '<[|｜][A-Za-z][A-Za-z0-9_▁ ]{0,40}[|｜]>';
/** Headings of Alpaca's template, alone at the start of a line. */
const headings = '^#{2,3} ?(?:Instruction|Input|Response|Assistant|Human|User): *$';
const opening = 'Below is an instruction that describes a task';

export function markerPattern(own: readonly string[] = []): RegExp {
  const named = [...new Set([...tokens, ...own.filter((one) => one !== '<s>' && one !== '</s>')])].map(escaped);
  return new RegExp([barred, headings, opening, ...named].join('|'), 'm');
}

const isSentence = /<s>(?![^<]*<\/s>)|^[^<]*<\/s>/;

export class Markers implements Detector {
  readonly #pattern: RegExp;
  readonly #tally = new Tally();
  /** Rows of the kind text, whose text may be a template's work. */
  readonly #texts = new Tally();
  #textRows = 0;

  constructor(own: readonly string[] = []) {
    this.#pattern = markerPattern(own);
  }

  see({ said, ordinal, row }: Seen): void {
    const isText = row.example?.kind === 'text';
    if (isText) this.#textRows += 1;
    for (const one of said) {
      if (!this.#has(one.text, one.traits)) continue;
      (isText ? this.#texts : this.#tally).add(ordinal, one.column);
      return;
    }
  }

  #has(text: string, found: number): boolean {
    if ((found & (traits['<'] | traits['['] | traits['#'])) === 0 && !text.startsWith('Below is an ')) return false;
    return this.#pattern.test(text) || ((found & traits['<']) !== 0 && isSentence.test(text));
  }

  findings(placeOf: PlaceOf): DataFinding[] {
    // Where most of them have marks, the marks are how they are written.
    const texts = this.#texts.count * 2 <= this.#textRows ? this.#texts : new Tally();
    return [this.#tally, texts]
      .filter(({ count }) => count > 0)
      .map(
        (tally): DataFinding => ({
          id: 'rows/marker',
          severity: 'warning',
          count: tally.count,
          places: tally.places(placeOf),
          message: `${rows(tally.count, 'has', 'have')} a special token or a mark of a template in the text.`,
          fix: 'Take it out, or give the text without its template: a tokenizer may read it as the end of an answer.',
        }),
      );
  }
}
