/** Drift as people read it: apart from what the plan changes, the harmful first. */
import { printable } from '../base/printable.ts';
import type { Style } from '../finding-text.ts';
import type { Drift } from '../plan/drift-kinds.ts';

const remedies = { recorded: ' (apply records it)', repaired: ' (apply makes it again)' } as const;

/** Of more than these a person reads none. */
const mostProgress = 5;

function line({ address, kind, message, remedy }: Drift, style: Style): string {
  const paint = kind === 'harmful' ? style.red : style.dim;
  const said = `${message}${remedy ? remedies[remedy] : ''}`;
  return printable(`    ${kind.padEnd(11)} ${address.padEnd(24)}  ${said}`).replace(kind, () => paint(kind));
}

export function driftLines(drift: readonly Drift[], style: Style): string[] {
  if (drift.length === 0) return [];
  const of = (kind: Drift['kind']) => drift.filter((one) => one.kind === kind);
  const progress = of('progress');
  const ended = progress.filter(({ what }) => what === 'ended').length;
  const more = `    ${'progress'.padEnd(11)} ${ended} attempts have ended, ${progress.length - ended} have begun by themselves`;
  return [
    '  On the target, since it was last recorded:',
    ...[...of('harmful'), ...of('benign')].map((one) => line(one, style)),
    ...(progress.length > mostProgress ? [more] : progress.map((one) => line(one, style))),
    '',
  ];
}
