/** `sft state`: what is recorded, read and changed by hand. */
import { forget, refuseForgetting } from '../apply/forget.ts';
import { short } from '../base/hash.ts';
import { jsonText } from '../base/json.ts';
import { nearest } from '../base/nearest.ts';
import { type ExitCode, exit, fail } from '../errors.ts';
import { stateText } from '../state/state.ts';
import { FileStore } from '../state/store.ts';
import { confirm } from './ask.ts';
import type { Context } from './context.ts';
import { deskOf } from './desk.ts';
import { printJson } from './print.ts';
import { nameOf, oneRun, recordedRuns, recordedStacks, stateFolder } from './recorded.ts';
import { move } from './state-mv.ts';
import { type PushOptions, push } from './state-push.ts';
import { recordedTarget } from './target.ts';

export type StateOptions = PushOptions;

type Action = (context: Context, names: readonly string[], options: StateOptions) => Promise<ExitCode>;

async function list(context: Context, names: readonly string[]): Promise<ExitCode> {
  const runs = await recordedRuns(context.project, names);
  const listed = runs.map((run) => {
    const { resource, attempts } = run.record;
    return { run: nameOf(run), identity: resource.identity, attempts: attempts.length };
  });
  if (context.json) printJson<'state-list'>(context, { format_version: '1.0', runs: listed });
  else
    for (const { run, identity, attempts } of listed) context.out(`${run}  ${short(identity)}  attempts: ${attempts}`);
  return exit.done;
}

async function show({ project, out }: Context, [name]: readonly string[]): Promise<ExitCode> {
  const { record } = await oneRun(project, name);
  out(jsonText(record, ['address']).trimEnd());
  return exit.done;
}

async function remove(context: Context, [name]: readonly string[], options: StateOptions): Promise<ExitCode> {
  const { project, signal } = context;
  if (name === undefined)
    throw fail('usage/arguments', 'sft state rm needs the name of a run.', 'Take one of: sft state list.', {
      exit: exit.usage,
    });
  const run = await oneRun(project, name);
  const { stack, record } = run;
  refuseForgetting(stack, record);
  context.note(`${nameOf(run)}: its record goes. What is on the target stays, and a run that lives goes on.`);
  if (options.yes !== true && !(await confirm('Forget it?', context, 'Give --yes.'))) {
    context.note('Nothing was done.');
    return exit.error;
  }
  const target = recordedTarget(stack, record.resource, project);
  await forget({ stack, address: record.address, target, desk: deskOf(project, options), signal });
  if (context.json) printJson<'state-rm'>(context, { format_version: '1.0', run: nameOf(run) });
  context.note(`${nameOf(run)} is forgotten. Apply finds it again as long as the program has it.`);
  return exit.done;
}

async function pull({ project, out }: Context, [name]: readonly string[]): Promise<ExitCode> {
  const stacks = recordedStacks(project);
  const [only, ...others] = name === undefined ? stacks : stacks.filter((stack) => stack === name);
  const state = only === undefined ? undefined : await new FileStore(stateFolder(project, only)).read();
  const known = stacks.length === 0 ? 'Apply a stack first: sft apply.' : `Name one of: ${stacks.join(', ')}.`;
  if (others.length > 0 || !state)
    throw fail('state/none', `There is no state of ${name ?? 'one stack'}.`, known, { exit: exit.usage });
  out(stateText(state).trimEnd());
  return exit.done;
}

const actions: ReadonlyMap<string, Action> = new Map([
  ['list', list],
  ['show', show],
  ['rm', remove],
  ['pull', pull],
  ['mv', move],
  ['push', push],
]);

export async function state(context: Context, [word = '', ...names]: string[], options: StateOptions) {
  const action = actions.get(word);
  if (action) return action(context, names, options);
  const guess = nearest(word, [...actions.keys()]);
  const hint = guess ? `Did you mean "${guess}"? ` : '';
  throw fail('usage/arguments', `sft state has no ${word}.`, `${hint}It has ${[...actions.keys()].join(', ')}.`, {
    exit: exit.usage,
  });
}
