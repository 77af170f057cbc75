/** `sft data`: looking at what is learnt from. */
import { nearest } from '../base/nearest.ts';
import { type ExitCode, exit, fail } from '../errors.ts';
import type { Context } from './context.ts';
import { type InspectOptions, inspect } from './data-inspect.ts';

type Action = (context: Context, names: readonly string[], options: InspectOptions) => Promise<ExitCode>;

const actions: ReadonlyMap<string, Action> = new Map([['inspect', inspect]]);

export async function data(context: Context, [word = '', ...names]: string[], options: InspectOptions) {
  const action = actions.get(word);
  if (action) return action(context, names, options);
  const guess = nearest(word, [...actions.keys()]);
  const hint = guess ? `Did you mean "${guess}"? ` : '';
  throw fail('usage/arguments', `sft data has no ${word}.`, `${hint}It has ${[...actions.keys()].join(', ')}.`, {
    exit: exit.usage,
  });
}
