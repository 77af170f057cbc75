/** What is in the loss: rows that are cut, rows that nothing is learnt from, answers whose end is not learnt. */
import type { DataFinding, Detector, JudgeOptions, PlaceOf, Seen } from './finding.ts';
import type { Tokens } from './row.ts';
import { rows, Tally, tallied } from './tally.ts';

/** Where a token is in the loss first; -1 where none is. */
function firstTrained({ trained }: Tokens): number {
  for (let index = 0; index < trained.length; index += 1) if (trained[index]) return index;
  return -1;
}

function trains({ ids, trained }: Tokens, token: number): boolean {
  for (let index = trained.length - 1; index >= 0; index -= 1) if (trained[index] && ids[index] === token) return true;
  return false;
}

export class Loss implements Detector {
  readonly #maxLength: number;
  readonly #end: number | undefined;
  readonly #long = new Tally();
  readonly #answerCut = new Tally();
  readonly #nothing = new Tally();
  readonly #endless = new Tally();
  #rows = 0;
  #tokens = 0;
  #cut = 0;

  constructor({ maxLength = Number.POSITIVE_INFINITY, eosToken }: JudgeOptions) {
    this.#maxLength = maxLength;
    this.#end = eosToken;
  }

  see({ row: { tokens }, ordinal }: Seen): void {
    if (!tokens) return;
    this.#rows += 1;
    this.#tokens += tokens.ids.length;
    const over = tokens.ids.length - this.#maxLength;
    if (over > 0) {
      this.#long.add(ordinal);
      this.#cut += over;
    }
    const first = firstTrained(tokens);
    if (first === -1) this.#nothing.add(ordinal);
    else if (first >= this.#maxLength) this.#answerCut.add(ordinal);
    else if (this.#end !== undefined && !trains(tokens, this.#end)) this.#endless.add(ordinal);
  }

  findings(placeOf: PlaceOf): DataFinding[] {
    const severityOf = (tally: Tally) => (tally.count === this.#rows ? 'error' : 'warning');
    const share = ((100 * this.#cut) / Math.max(1, this.#tokens)).toFixed(1);
    return [
      ...tallied(this.#long, placeOf, {
        id: 'rows/too-long',
        severity: 'warning',
        figures: { maxLength: this.#maxLength, tokensCut: this.#cut, tokens: this.#tokens },
        message: `${rows(this.#long.count, 'has', 'have')} more than ${this.#maxLength.toLocaleString('en-US')} tokens: ${this.#cut.toLocaleString('en-US')} tokens are cut off, ${share} % of all.`,
        fix: 'Raise maxLength, or shorten or split the rows.',
      }),
      ...tallied(this.#answerCut, placeOf, {
        id: 'rows/answer-cut',
        severity: severityOf(this.#answerCut),
        message: `${rows(this.#answerCut.count, 'loses', 'lose')} every token that would be learnt when ${this.#answerCut.count === 1 ? 'it is' : 'they are'} cut.`,
        fix: 'Raise maxLength, or shorten what stands before the answer.',
      }),
      ...tallied(this.#nothing, placeOf, {
        id: 'rows/nothing-trained',
        severity: severityOf(this.#nothing),
        message: `${rows(this.#nothing.count, 'has', 'have')} no token in the loss: nothing is learnt from ${this.#nothing.count === 1 ? 'it' : 'them'}.`,
        fix: 'Write the answer, or choose a template that marks what is learnt.',
      }),
      ...tallied(this.#endless, placeOf, {
        id: 'rows/end-not-trained',
        severity: severityOf(this.#endless) === 'error' ? 'warning' : 'note',
        message: `${rows(this.#endless.count, 'does', 'do')} not have the end token in the loss: the model would not learn to stop.`,
        fix: 'Choose a template that ends an answer with the end token inside of what is learnt.',
      }),
    ];
  }
}
