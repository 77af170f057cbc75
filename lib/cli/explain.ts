/** `sft explain [ID]`: what a finding's id means; without one, the list of all. */
import { nearest } from '../base/nearest.ts';
import { explanations } from '../catalog/findings/index.ts';
import { type ExitCode, exit, fail } from '../errors.ts';
import { explanationList, explanationText } from '../report/findings-page.ts';
import type { Context } from './context.ts';
import { printJson } from './print.ts';

export async function explain(context: Context, [id]: string[]): Promise<ExitCode> {
  if (id === undefined) {
    const all = [...explanations].map(([id, one]) => ({ id, ...one }));
    if (context.json) printJson<'explain'>(context, { format_version: '1.0', findings: all });
    else context.out(explanationList(explanations, context.style));
    return exit.done;
  }
  const found = explanations.get(id);
  if (!found) {
    const guess = nearest(id, [...explanations.keys()]);
    const fix = guess ? `Did you mean "${guess}"?` : 'sft explain lists all.';
    throw fail('usage/explain', `There is no finding "${id}".`, fix, { exit: exit.usage });
  }
  if (context.json) printJson<'explain'>(context, { format_version: '1.0', findings: [{ id, ...found }] });
  else context.out(explanationText(id, found, context.style));
  return exit.done;
}
