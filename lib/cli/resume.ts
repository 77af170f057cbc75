/** `sft resume RUN`: the next attempt of a run, from its newest complete checkpoint. */
import { resumePlan } from '../apply/resume.ts';
import { type ExitCode, exit, fail, UserError } from '../errors.ts';
import { jobsOf } from '../plan/match.ts';
import { applyReady } from './apply.ts';
import type { Context } from './context.ts';
import { planningInput } from './planning.ts';
import { isPath, loadValidStacks } from './programs.ts';
import { oneRun } from './recorded.ts';
import { targetOf } from './target.ts';

const isUnknownStack = (error: unknown): boolean =>
  error instanceof UserError &&
  error.findings.some((finding) => finding.id === 'stack/unknown' || finding.id === 'program/none');

/** What is recorded does not say which file made the stack. */
const elsewhere = (stack: string) =>
  fail(
    'stack/elsewhere',
    `The stack ${stack} is made by no program in the usual places.`,
    'Name its program: sft resume PATH/TO/PROGRAM.ts, or name its folder under "stacks" in sft.yaml.',
    { exit: exit.usage },
  );

/** The run by name, or a program with one run: files outside `stacks/` are found only by their path. */
async function find(wanted: string | undefined, context: Context) {
  if (wanted !== undefined && isPath(wanted) && !(await isRecorded(wanted, context))) {
    const { manifests } = await loadValidStacks([wanted], context);
    const [manifest] = manifests;
    const [job] = manifest ? jobsOf(manifest) : [];
    const { stack, record } = await oneRun(context.project, `${manifest?.stack}/${job?.address}`);
    return { manifest: manifests.find((one) => one.stack === stack), address: record.address };
  }
  const { stack, record } = await oneRun(context.project, wanted);
  const { manifests } = await loadValidStacks([stack], context).catch((error: unknown) => {
    throw isUnknownStack(error) ? elsewhere(stack) : error;
  });
  return { manifest: manifests[0], address: record.address };
}

/** `stack/run` has a slash as a path has. */
async function isRecorded(wanted: string, context: Context): Promise<boolean> {
  return oneRun(context.project, wanted).then(
    () => true,
    () => false,
  );
}

export async function resume(context: Context, [wanted]: string[], options: { wait?: boolean }): Promise<ExitCode> {
  const { manifest, address } = await find(wanted, context);
  if (!manifest) throw new Error('a stack was loaded without a manifest');
  const target = targetOf(manifest, context.project);
  const plan = resumePlan(await planningInput(manifest, target, context), address);
  context.signal.throwIfAborted();
  return applyReady([{ plan, target }], context, options.wait === true);
}
