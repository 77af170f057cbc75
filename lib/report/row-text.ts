/** Which rows of a run's data are others than those applied, as people read it. */
import { printable } from '../base/printable.ts';
import { grouped } from '../base/quantity.ts';
import type { Style } from '../finding-text.ts';
import type { JobStep } from '../plan/step.ts';

const indent = ' '.repeat(8);

export function rowLines({ rows }: Pick<JobStep, 'rows'>, style: Style): string[] {
  if (rows === undefined) return [];
  if (rows === 'unknown')
    return [style.dim(`${indent}rows: which are others is not known, the files as applied are not at hand`)];
  const { before, after, added, removed, changed, examples } = rows;
  const counts = Object.entries({ added, removed, changed }).filter(([, count]) => count > 0);
  const told = counts.map(([what, count]) => `${grouped(count)} ${what}`).join(' · ') || 'in another order';
  const number = before === after ? grouped(after) : `${grouped(before)} -> ${grouped(after)}`;
  const shown = examples.map(({ change, file, row, line, text }) => {
    const place = line === undefined ? `${file}, row ${row}` : `${file}:${line}`;
    return style.dim(`${indent}  ${change.padEnd(7)}  ${printable(place)}  ${printable(text)}`);
  });
  return [`${indent}${'rows'.padEnd(14)}  ${number} · ${told}`, ...shown];
}
