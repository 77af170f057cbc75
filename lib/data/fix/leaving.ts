/** Which rows a dataset's `fix` leaves out, as they stream by. */
import type { ExactFix } from '../../settings/fixes.ts';
import type { RowShape } from '../shapes.ts';
import { Fixes } from './fixes.ts';

/** A row with the index of its file. */
type Passing = { readonly value: unknown; readonly of: number };

const place = () => '';

/** Asked of each row once, in their order. `learnt`: how many files are learnt from; those to evaluate on are behind them. */
export function leavingOut(
  fix: ExactFix | undefined,
  shape: RowShape,
  learnt = Number.POSITIVE_INFINITY,
): (row: Passing) => boolean {
  if (!fix) return () => false;
  const own = new Fixes(fix, shape);
  let behind: Fixes | undefined;
  return ({ value, of }) => {
    if (of >= learnt) behind ??= own.next();
    return (behind ?? own).see(value, place) !== undefined;
  };
}
