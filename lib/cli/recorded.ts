/** What was applied before, read from the states; no user's program is run for it. */
import { join } from 'node:path';
import { stacksIn } from '../apply/references.ts';
import { nearest } from '../base/nearest.ts';
import { exit, fail } from '../errors.ts';
import type { Recorded } from '../state/state.ts';
import { readOffline } from './offline.ts';

export interface RecordedRun {
  readonly stack: string;
  readonly record: Recorded;
}

export const stateFolder = (project: string, stack: string): string => join(project, '.sft', 'state', stack);

/** Stacks that have a state, by name. */
export const recordedStacks = (project: string): string[] => stacksIn(join(project, '.sft', 'state'));

async function runsOf(project: string, stack: string): Promise<RecordedRun[]> {
  const { recorded } = await readOffline(stateFolder(project, stack));
  return recorded.map((record) => ({ stack, record }));
}

export const nameOf = ({ stack, record }: RecordedRun): string => `${stack}/${record.address}`;

/** `stack/address`, an address, or a stack. */
function isMeant(run: RecordedRun, argument: string): boolean {
  return nameOf(run) === argument || run.record.address === argument || run.stack === argument;
}

function unknownRun(argument: string, all: readonly RecordedRun[]) {
  const names = all.map(nameOf);
  const guess = nearest(argument, [...names, ...all.map(({ record }) => record.address)]);
  const list =
    names.length > 0 ? `The runs here are: ${names.join(', ')}.` : 'Nothing was applied here yet: sft apply.';
  const fix = guess ? `Did you mean "${guess}"? ${list}` : list;
  return fail('run/unknown', `There is no run "${argument}".`, fix, { exit: exit.usage });
}

/** The runs that the arguments name, all where there are none; in the order of stacks and records. */
export async function recordedRuns(project: string, wanted: readonly string[]): Promise<RecordedRun[]> {
  const all = (await Promise.all(recordedStacks(project).map((stack) => runsOf(project, stack)))).flat();
  for (const argument of wanted) if (!all.some((run) => isMeant(run, argument))) throw unknownRun(argument, all);
  return wanted.length === 0 ? all : all.filter((run) => wanted.some((argument) => isMeant(run, argument)));
}

/** The one run that is meant. */
export async function oneRun(project: string, argument: string | undefined): Promise<RecordedRun> {
  const runs = await recordedRuns(project, argument === undefined ? [] : [argument]);
  const [first, ...others] = runs;
  if (!first)
    throw fail('run/none', 'Nothing was applied here yet.', 'Apply a stack first: sft apply.', { exit: exit.usage });
  if (others.length > 0)
    throw fail('run/several', 'Several runs are meant.', `Name one of: ${runs.map(nameOf).join(', ')}.`, {
      exit: exit.usage,
    });
  return first;
}
