/** A dataset's fixes against how its rows become sequences. */
import type { Rule } from './rule.ts';

/** Packing (bfd) cuts rows where it puts them together, and keeps their beginning whatever is said. */
const packingKeepsTheBeginning: Rule = ({ settings: { data, packing } }) =>
  packing && data.fix?.truncate === 'keep_end'
    ? {
        id: 'fix/packed',
        severity: 'error',
        path: 'data.fix.truncate',
        given: 'keep_end',
        message: 'With packing, what stays of a row that is too long is its beginning, never its end.',
        fix: "Write drop: ['too-long'], or take packing out.",
      }
    : undefined;

export const fixes: readonly Rule[] = [packingKeepsTheBeginning];
