/** `sft resume RUN`: the next attempt of a run, from its newest complete checkpoint. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { resumePlan } from '../apply/resume.ts';
import { follow } from '../base/moves.ts';
import { type ExitCode, fail } from '../errors.ts';
import { jobsOf } from '../plan/match.ts';
import { applyReady, type CarryOptions } from './apply.ts';
import type { Context } from './context.ts';
import { keepingIgnored } from './ignored.ts';
import { planningInput } from './planning.ts';
import { isPath, loadValidStacks } from './programs.ts';
import { oneRun } from './recorded.ts';
import { targetOf } from './target.ts';

/** The run by name, or a program with one run. */
async function find(wanted: string | undefined, context: Context) {
  if (wanted !== undefined && isPath(wanted) && !(await isRecorded(wanted, context))) {
    const { manifests } = await loadValidStacks([wanted], context);
    const [manifest] = manifests;
    const [job] = manifest ? jobsOf(manifest) : [];
    const { stack, record } = await oneRun(context.project, `${manifest?.stack}/${job?.address}`);
    return { manifest: manifests.find((one) => one.stack === stack), address: record.address };
  }
  const { stack, record } = await oneRun(context.project, wanted);
  // A state of before does not name it, and it may have been moved since: then by the stack's name.
  const made: string | undefined = record.resource.program;
  const program = made === undefined ? undefined : join(context.project, made);
  const { context: recalled = {} } = record.resource;
  const { manifests } = await loadValidStacks([program && existsSync(program) ? program : stack], {
    ...context,
    recalled,
  });
  const manifest = manifests.find((one) => one.stack === stack);
  return { manifest, address: follow(record.address, manifest?.moved ?? []) };
}

/** `stack/run` has a slash as a path has. */
async function isRecorded(wanted: string, context: Context): Promise<boolean> {
  return oneRun(context.project, wanted).then(
    () => true,
    () => false,
  );
}

interface ResumeOptions extends CarryOptions {
  readonly allowMove?: boolean;
}

export async function resume(context: Context, [wanted]: string[], options: ResumeOptions): Promise<ExitCode> {
  const { manifest: given, address } = await find(wanted, context);
  if (!given)
    throw fail(
      'stack/gone',
      'The program of this run makes its stack no more.',
      'Put it back, or see what is left: sft output.',
    );
  const manifest = await keepingIgnored(given, targetOf(given, context.project), context);
  const target = targetOf(manifest, context.project);
  const input = await planningInput(manifest, target, context);
  const plan = resumePlan({ ...input, ...(options.allowMove ? { allowMove: true } : {}) }, address);
  context.signal.throwIfAborted();
  return applyReady([{ plan, target }], context, options);
}
