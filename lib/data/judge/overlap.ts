/** Rows of the evaluation set that are trained on as well. */
import type { DataFinding, Detector, JudgeOptions, PlaceOf, Seen } from './finding.ts';
import { Keys } from './keys.ts';
import { Numbers } from './numbers.ts';
import type { Scratch } from './scratch.ts';
import { PairTally, rows } from './tally.ts';

class Side {
  readonly questions: Keys;
  readonly answers: Numbers;
  readonly ordinals: Numbers;

  constructor(scratch: Scratch) {
    this.questions = new Keys(scratch);
    this.answers = new Numbers(scratch);
    this.ordinals = new Numbers(scratch);
  }
}

export class Overlap implements Detector {
  readonly #isEvaluation: NonNullable<JudgeOptions['isEvaluation']>;
  readonly #trained: Side;
  readonly #evaluated: Side;

  constructor(isEvaluation: NonNullable<JudgeOptions['isEvaluation']>, scratch: Scratch) {
    this.#isEvaluation = isEvaluation;
    this.#trained = new Side(scratch);
    this.#evaluated = new Side(scratch);
  }

  see({ row, said, hashes, ordinal }: Seen): void {
    if (said.length === 0) return;
    const side = this.#isEvaluation(row, ordinal) ? this.#evaluated : this.#trained;
    // A row of text asks nothing: it is compared whole.
    side.questions.push(said.some((one) => one.side === 'asked') ? hashes.asked : hashes.whole);
    side.answers.push(hashes.answer.low);
    side.ordinals.push(ordinal);
  }

  findings(placeOf: PlaceOf): DataFinding[] {
    const [trained, evaluated] = [this.#trained, this.#evaluated];
    const tally = new PairTally();
    let whole = 0;
    evaluated.questions.repeatsOf(trained.questions, (number, first) => {
      if (evaluated.answers.at(number) === trained.answers.at(first)) whole += 1;
      tally.add(evaluated.ordinals.at(number), trained.ordinals.at(first), 1);
    });
    if (tally.count === 0) return [];
    const all = evaluated.ordinals.length;
    return [
      {
        id: 'rows/overlap',
        severity: 'warning',
        count: tally.count,
        places: tally.places(placeOf),
        pairs: tally.pairs(placeOf),
        figures: { share: tally.count / all, sameAnswer: whole },
        message: `${rows(tally.count, 'of the evaluation set asks', 'of the evaluation set ask')} what is trained on too (of ${all.toLocaleString('en-US')}; ${whole.toLocaleString('en-US')} with the same answer).`,
        fix: 'Take them out of one of the two: the loss of evaluation would be better than the model is.',
      },
    ];
  }
}
