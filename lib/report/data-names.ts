/** Counts, shares and names as reports on data have them. */
import { printable } from '../base/printable.ts';
import { grouped } from '../base/quantity.ts';

export const counted = (count: number, one: string, many = `${one}s`) =>
  `${grouped(count)} ${count === 1 ? one : many}`;

/** A share of the rows; never 0 % of some nor 100 % of not all. */
export function shareText(rows: number, all: number): string {
  if (rows === 0 || all === 0) return '0 %';
  if (rows === all) return '100 %';
  const share = (100 * rows) / all;
  if (share < 0.1) return '< 0.1 %';
  if (share > 99.9) return '> 99.9 %';
  return `${share < 10 || share > 99 ? share.toFixed(1) : Math.round(share)} %`;
}

/** A name from the data on one line, cut where it is long. */
export function nameText(name: string): string {
  const one = printable(name).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return one.length > 60 ? `${one.slice(0, 59)}…` : one;
}
