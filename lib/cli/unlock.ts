/** `sft unlock ID`: takes the lock from a command that holds it and cannot be waited for. */
import { printable } from '../base/printable.ts';
import { type ExitCode, exit, fail } from '../errors.ts';
import { breakLock, readLock } from '../state/lock.ts';
import { confirm } from './ask.ts';
import type { Context } from './context.ts';
import { deskOf } from './desk.ts';
import { printJson } from './print.ts';
import { recordedStacks, stateFolder } from './recorded.ts';

function noLock(id: string) {
  return fail('state/no-lock', `No lock ${id} is held here.`, 'Run your command again: it may be free by now.', {
    exit: exit.usage,
  });
}

export async function unlock(context: Context, [id = '']: string[], { yes }: { yes?: boolean }): Promise<ExitCode> {
  const { project } = context;
  const stack = recordedStacks(project).find((each) => readLock(stateFolder(project, each))?.id === id);
  const folder = stateFolder(project, stack ?? '');
  const held = stack === undefined ? undefined : readLock(folder);
  if (stack === undefined || !held || held.released) throw noLock(id);
  const holder = `${held.who} on ${held.host} (process ${held.pid}, ${held.what})`;
  context.note(printable(`${stack} is locked by ${holder}. Should it live, it stops before its next step.`));
  if (yes !== true && !(await confirm('Take the lock from it?', context, 'Give --yes.'))) {
    context.note('Nothing was done.');
    return exit.error;
  }
  const { me, now } = deskOf(project);
  if (!breakLock(folder, id, me, now())) throw noLock(id);
  if (context.json) printJson<'unlock'>(context, { format_version: '1.0', stack, unlocked: id });
  else context.out(`${stack} is unlocked.`);
  return exit.done;
}
