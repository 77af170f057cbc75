/** What a person should know about a plan: drift, runs that live on, what stands in apply's way. */

import { short } from '../base/hash.ts';
import type { Finding, Where } from '../finding.ts';
import type { Job, Manifest } from '../manifest.ts';
import type { Attempt, GitState } from '../state/attempt.ts';
import { isProtected, runsOf, zeroStageOf } from '../state/record.ts';
import type { Recorded } from '../state/state.ts';
import { refusalOf } from './decide.ts';
import type { JobStep, Step } from './step.ts';

const finding = (severity: Finding['severity'], id: string, where: Where, message: string, fix: string): Finding => ({
  id,
  severity,
  where,
  message,
  fix,
});

const world = ({ layout }: Pick<Job, 'layout'> | Attempt) => layout.nodes * layout.processesPerHost;

function moves(step: JobStep, where: Where): Finding[] {
  if (step.verb !== 'move') return [];
  const what = step.fields.filter((field) => field.class === 'placement').map((field) => field.path);
  return [
    finding(
      'error',
      'plan/move',
      { ...where, path: what[0] ?? 'cluster' },
      `${step.address} is ${step.seen}, and ${what.join(', ')} says where and how wide it runs. Nothing was changed.`,
      `Cancel it with a checkpoint (sft cancel ${step.address}) and apply again, or take the change back.`,
    ),
  ];
}

/** What lifts the protection is done by itself first, so that nobody does both by one edit. */
function protection(step: JobStep, record: Recorded | undefined, isWanted: boolean, where: Where): Finding[] {
  if (!step.protected || !record) return [];
  const refusal = refusalOf(isWanted ? step.change : 'removed');
  if (refusal === undefined) return [];
  const lift = isProtected(record.resource)
    ? `set protect: false on it${isWanted ? ' and take the change back' : ', back in the program,'} until that is applied`
    : 'take protect: true out until the change is applied';
  const message = `${step.address}: ${refusal}. Nothing was changed.`;
  return [finding('error', 'plan/protected', where, message, `Keep it, or lift the protection: ${lift}.`)];
}

/** A checkpoint holds one part a rank, cut by the ZeRO stage: it loads where both are the same. */
function layouts(step: JobStep, job: Job, record: Recorded | undefined, where: Where): Finding[] {
  if (step.verb !== 'attempt' || step.checkpoint === 0 || !record) return [];
  const own = runsOf(record).find((run) => run.resource.identity === job.identity);
  const last = own?.attempts.at(-1);
  if (!last || (world(last) === world(job) && last.zeroStage === zeroStageOf(job))) return [];
  const tell = (ranks: number, stage: number | undefined) =>
    `${ranks} ${ranks === 1 ? 'rank' : 'ranks'}${stage === undefined ? '' : ` under ZeRO-${stage}`}`;
  const was = tell(world(last), last.zeroStage);
  const message = `${step.address} has checkpoints of ${was}, which do not load in ${tell(world(job), zeroStageOf(job))}. Nothing was changed.`;
  const fix = `Go back to ${was}, or change what is learnt (a seed is enough) for a new run.`;
  return [finding('error', 'plan/layout', where, message, fix)];
}

/** A run that would start, if the result that it begins with were there. */
function noResult(step: JobStep, where: Where): Finding[] {
  const { begins } = step;
  if (!begins?.blocked || begins.result !== 'none') return [];
  const message = `${step.address} is not started: ${step.because}.`;
  const fix = `See sft status ${begins.run}; it goes on by sft resume ${begins.run}, or by sft apply without --target.`;
  return [finding('warning', 'plan/no-result', { ...where, path: 'model' }, message, fix)];
}

function living(step: JobStep, where: Where): Finding[] {
  if (step.verb === 'stop') return [];
  return step.beside.map(({ identity, seen }) =>
    finding(
      'note',
      'plan/runs-beside',
      where,
      `An older run of ${step.address} (${short(identity)}) is ${seen} and goes on.`,
      `Stop it with sft cancel ${step.address}@${short(identity)} if it is no longer wanted.`,
    ),
  );
}

/** What someone else did to a run since it was last recorded. */
function drift(step: JobStep, record: Recorded | undefined, where: Where): Finding[] {
  if (!record || step.change === 'semantic') return [];
  const last = record.attempts.at(-1);
  const at = step.address;
  if (step.seen === 'absent' && last)
    return [
      finding(
        'warning',
        'drift/gone',
        where,
        `${at} is recorded, but its folder is no longer on the target.`,
        'Look for who removed it: to apply is to train it again from the beginning.',
      ),
    ];
  if (step.seen === 'altered')
    return [
      finding(
        'warning',
        'drift/altered',
        where,
        `Files of ${at} were edited on the target.`,
        `Look at them, then resume it (sft resume ${at}).`,
      ),
    ];
  if (step.seen === 'cancelled' && last && last.end !== 'cancelled')
    return [
      finding(
        'warning',
        'drift/cancelled',
        where,
        `${at} was cancelled, but not by this state's commands.`,
        `Resume it (sft resume ${at}) if that was a mistake.`,
      ),
    ];
  return [];
}

function unknown(step: JobStep, where: Where): Finding[] {
  if (step.seen !== 'unknown') return [];
  const message = `Whether ${step.address} runs could not be found out: the target did not answer.`;
  return [finding('warning', 'target/unknown', where, message, 'See that the target can be reached, then try again.')];
}

function artifactDrift(step: Step, where: Where): Finding[] {
  if (step.life !== 'artifact' || step.seen !== 'altered') return [];
  const message = `The ${step.type} ${step.address} was edited on the target.`;
  return [
    finding(
      'warning',
      'drift/artifact',
      where,
      message,
      'Apply makes it again; keep a copy of the edit if it matters.',
    ),
  ];
}

function dirty(git: GitState | undefined): Finding[] {
  if (!git?.dirty) return [];
  const message = `There are changes that are not committed; ${git.commit.slice(0, 12)} alone does not say what is trained.`;
  return [finding('warning', 'git/dirty', {}, message, 'Commit first, so that the run can be told from its commit.')];
}

/** `manifest`: its jobs with the identities that the plan goes by. */
export function findingsOf(
  steps: readonly Step[],
  manifest: Manifest,
  recorded: readonly Recorded[],
  git: GitState | undefined,
): Finding[] {
  const resources = new Map(manifest.resources.map((resource) => [resource.address, resource]));
  const records = new Map(recorded.map((record) => [record.address, record]));
  const told = steps.flatMap((step) => {
    const resource = resources.get(step.address);
    const record = records.get(step.address);
    const where = resource?.where ?? record?.resource.where ?? {};
    if (step.life === 'artifact') return artifactDrift(step, where);
    const job = resource?.life === 'job' ? resource : undefined;
    return [
      ...moves(step, where),
      ...protection(step, record, job !== undefined, where),
      ...(job ? layouts(step, job, record, where) : []),
      ...(job ? drift(step, record, where) : []),
      ...noResult(step, where),
      ...living(step, where),
      ...unknown(step, where),
    ];
  });
  return [...told, ...dirty(git)];
}
