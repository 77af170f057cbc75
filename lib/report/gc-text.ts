/** What nothing refers to any more in a workspace, as text and as the document of `sft gc --json`. */
import type { Survey, Unused } from '../apply/unused.ts';
import { printable } from '../base/printable.ts';
import { bytesText } from '../base/quantity.ts';
import type { Discarded } from '../targets/stored.ts';
import type { ListedUnused, ListedWorkspace } from './gc-document.ts';

/** Why what is whole was kept, all of it. */
export function keptBecause({ silent, making }: Survey): string[] {
  const [first, ...others] = silent;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return [
    ...(first === undefined
      ? []
      : [
          `${first}${more} does not say what it rests on: environments, bundles, data, weights, tokens and tokenizers stay`,
        ]),
    ...(making
      ? ['something is being made there: environments, bundles, data, weights, tokens and tokenizers stay']
      : []),
  ];
}

/** `discarded`: absent where nothing was to be done. */
export function listedWorkspace(path: string, found: Survey, discarded?: readonly Discarded[]): ListedWorkspace {
  const outcomes = new Map(discarded?.map((each) => [each.path, each.outcome]));
  const unused = found.unused.map(({ kind, path: own, bytes, reason }): ListedUnused => {
    const outcome = outcomes.get(own) ?? (discarded ? 'busy' : 'listed');
    return { kind, path: own, bytes, reason, outcome };
  });
  const removed = unused.filter(({ outcome }) => outcome === 'removed');
  return { path, unused, freed: sum(removed), kept: keptBecause(found) };
}

const sum = (things: readonly { readonly bytes: number }[]) => things.reduce((all, { bytes }) => all + bytes, 0);

function lineOf({ path, bytes, reason }: Unused): string {
  return `- ${path}  ${bytesText(bytes)}  ${reason}`;
}

export function surveyText(path: string, found: Survey): string {
  const { unused } = found;
  const total = unused.length === 0 ? 'nothing to remove' : `${unused.length} to remove, ${bytesText(sum(unused))}`;
  const kept = keptBecause(found).map((reason) => `  ${reason}`);
  return (
    printable(`${path}: ${total}`) + [...unused.map(lineOf), ...kept].map((line) => `\n${printable(line)}`).join('')
  );
}
