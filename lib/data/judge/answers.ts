/** Rows that ask nothing, or answer nothing. */
import type { DataFinding, Detector, PlaceOf, Seen } from './finding.ts';
import type { Said } from './row.ts';
import { rows, Tally, tallied } from './tally.ts';

const isBlank = ({ text }: Said) => !/[^\s\u200b\ufeff]/.test(text);

export class Empty implements Detector {
  readonly #answers = new Tally();
  readonly #questions = new Tally();

  see({ row: { example }, said, ordinal }: Seen): void {
    // An empty answer of a dialogue is a fault of the row; a call of a tool is an answer without text.
    if (!example || example.kind === 'messages') return;
    const full = said.filter((one) => !isBlank(one));
    if (!full.some(({ side }) => side !== 'asked')) this.#answers.add(ordinal, answerOf[example.kind]);
    else if (example.kind !== 'text' && !full.some(({ side }) => side === 'asked'))
      this.#questions.add(ordinal, questionOf[example.kind]);
  }

  findings(placeOf: PlaceOf): DataFinding[] {
    const { count } = this.#answers;
    return [
      ...tallied(this.#answers, placeOf, {
        id: 'rows/empty-answer',
        severity: 'warning',
        message: `${rows(count, 'has', 'have')} nothing to learn: the answer is empty.`,
        fix: 'Write the answer, or take the row out: it teaches to say nothing.',
      }),
      ...tallied(this.#questions, placeOf, {
        id: 'rows/empty-question',
        severity: 'note',
        message: `${rows(this.#questions.count, 'asks', 'ask')} nothing: what stands before the answer is empty.`,
        fix: 'Write what is asked, or take the row out.',
      }),
    ];
  }
}

const answerOf = { alpaca: 'output', prompt: 'completion', text: 'text' } as const;
const questionOf = { alpaca: 'instruction', prompt: 'prompt' } as const;
