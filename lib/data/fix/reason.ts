/** Why a row is dropped. The trainer's twin is `reasons_of` in fix.py. */
import type { DropReason, ExactReason } from '../../settings/fixes.ts';
import type { Example, ReadRow } from '../example.ts';
import { isError, type RowFault } from '../row-fault.ts';

/** Spelt out: what else counts as space differs between languages. The same as `rows/empty-answer` goes by. */
const blank = /^[\t-\r \u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]*$/;

/** Of the first thing that is wrong with it: the trainer ends there. */
function ofFault({ kind }: RowFault): ExactReason {
  if (kind === 'answer') return 'no-answer';
  return kind === 'empty' ? 'empty-answer' : 'unusable';
}

/** What is asked and what is answered; of a text nothing is asked. A dialogue's empty answers are faults of the row. */
function sidesOf(example: Example): { readonly asked?: string; readonly answer: string } | undefined {
  switch (example.kind) {
    case 'alpaca':
      return { asked: example.instruction + example.input, answer: example.output };
    case 'prompt':
      return { asked: example.prompt, answer: example.completion };
    case 'text':
      return { answer: example.text };
    case 'messages':
      return undefined;
  }
}

function reasonsOf({ example, faults }: ReadRow): ExactReason[] {
  const fault = faults.find(isError);
  if (fault) return [ofFault(fault)];
  const sides = example && sidesOf(example);
  if (!sides) return [];
  const { asked, answer } = sides;
  const found: ExactReason[] = blank.test(answer) ? ['empty-answer'] : [];
  return asked !== undefined && blank.test(asked) ? [...found, 'empty-question'] : found;
}

/** Undefined where none of `drop` holds; a row that is wrong otherwise stays an error. */
export function reasonOf(row: ReadRow, drop: readonly DropReason[]): ExactReason | undefined {
  return reasonsOf(row).find((reason) => drop.includes(reason));
}
