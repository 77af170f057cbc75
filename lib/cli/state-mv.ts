/** `sft state mv FROM TO`: a rename by hand, where the program does not declare it. */
import { renameRecords } from '../apply/rename.ts';
import { isAtOrBelow } from '../base/moves.ts';
import { type ExitCode, exit, fail } from '../errors.ts';
import type { Context } from './context.ts';
import { type DeskOptions, deskOf } from './desk.ts';
import { printJson } from './print.ts';
import { oneRun, recordedRuns } from './recorded.ts';
import { recordedTarget } from './target.ts';

const path = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}(\/[A-Za-z0-9][A-Za-z0-9._-]{0,62})*$/;

const within = (stack: string, name: string) => (name.startsWith(`${stack}/`) ? name.slice(stack.length + 1) : name);

export async function move(context: Context, names: readonly string[], options: DeskOptions): Promise<ExitCode> {
  const { project, signal } = context;
  const [from, to] = names;
  if (from === undefined || to === undefined)
    throw fail('usage/arguments', 'sft state mv needs two names.', 'Write sft state mv OLD NEW.', { exit: exit.usage });
  const all = await recordedRuns(project, []);
  const meant = all.filter(({ stack, record }) => isAtOrBelow(record.address, within(stack, from)));
  // None, or of several stacks: the message that other commands give.
  const one = new Set(meant.map(({ stack }) => stack)).size === 1 ? meant[0] : await oneRun(project, from);
  if (!one) throw new Error('a run is meant');
  const { stack, record } = one;
  const address = within(stack, to);
  if (!path.test(address))
    throw fail('usage/arguments', `${to} is no path of a run.`, 'Write names with / between them.', {
      exit: exit.usage,
    });
  const target = recordedTarget(stack, record.resource, project);
  const desk = deskOf(project, options);
  const moves = await renameRecords({ stack, from: within(stack, from), to: address, target, desk, signal });
  if (context.json) printJson<'state-mv'>(context, { format_version: '1.0', stack, moved: moves });
  else for (const each of moves) context.out(`${stack}/${each.from} -> ${stack}/${each.to}`);
  context.note('Rename it in the program too: else the next plan takes it for removed.');
  return exit.done;
}
