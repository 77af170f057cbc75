/** What a person should know about a plan: drift, runs that live on, what stands in apply's way. */

import { short } from '../base/hash.ts';
import type { Finding, Where } from '../finding.ts';
import type { Manifest } from '../manifest.ts';
import type { GitState, Grade } from '../state/attempt.ts';
import { isProtected } from '../state/record.ts';
import type { Recorded } from '../state/state.ts';
import { refusalOf } from './decide.ts';
import { driftFindings, driftOf } from './drift.ts';
import type { Drift } from './drift-kinds.ts';
import type { PlanInput } from './input.ts';
import type { JobStep, Step } from './step.ts';

const finding = (severity: Finding['severity'], id: string, where: Where, message: string, fix: string): Finding => ({
  id,
  severity,
  where,
  message,
  fix,
});

const goes: Readonly<Record<Grade, string>> = {
  exact: 'exactly',
  approximate: 'approximately',
  'weights-only': 'by its weights alone',
  impossible: 'not at all',
};

/** A move is opted in to: it stops what runs, or goes on from less than was there. */
function moves(step: JobStep, record: Recorded | undefined, where: Where): Finding[] {
  const { resume, verb, address, seen } = step;
  const what = step.fields.filter((field) => field.class === 'placement').map((field) => field.path);
  const place = { ...where, path: what[0] ?? 'cluster' };
  if (resume?.grade === 'impossible') return record && record.attempts.length > 0 ? [elsewhere(step, place)] : [];
  const lossy = verb === 'attempt' && resume !== undefined && resume.grade !== 'exact';
  if ((verb !== 'move' && !lossy) || resume?.allowed) return [];
  const live = verb === 'move' ? `${address} is ${seen}, and` : `${address} has checkpoints of another layout, and`;
  const change = what.length > 0 ? `${what.join(', ')} says where and how wide it runs` : 'is to go on from them';
  const grade = resume ? ` It would go on ${goes[resume.grade]}: ${resume.because}.` : '';
  const fix = 'Give --allow-move to plan and apply if that is what you want, or take the change back.';
  return [finding('error', 'plan/move', place, `${live} ${change}.${grade} Nothing was changed.`, fix)];
}

function elsewhere({ address, because, resume }: JobStep, where: Where): Finding {
  const message = `${address} is to run elsewhere, and cannot go on there: ${resume?.because ?? because}. Nothing was changed.`;
  const fix = `Take the change back; or stop it where it is (sft cancel ${address}), and start it there from the beginning by --replace ${address}.`;
  return finding('error', 'plan/elsewhere', where, message, fix);
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

function unknown(step: JobStep, where: Where): Finding[] {
  if (step.seen !== 'unknown') return [];
  const message = `Whether ${step.address} runs could not be found out: the target did not answer.`;
  return [finding('warning', 'target/unknown', where, message, 'See that the target can be reached, then try again.')];
}

function dirty(git: GitState | undefined): Finding[] {
  if (!git?.dirty) return [];
  const message = `There are changes that are not committed; ${git.commit.slice(0, 12)} alone does not say what is trained.`;
  return [finding('warning', 'git/dirty', {}, message, 'Commit first, so that the run can be told from its commit.')];
}

export interface Told {
  readonly drift: readonly Drift[];
  readonly findings: readonly Finding[];
}

/** `manifest`: its jobs with the identities that the plan goes by. */
export function toldOf(
  steps: readonly Step[],
  manifest: Manifest,
  recorded: readonly Recorded[],
  { observed, git }: Pick<PlanInput, 'observed' | 'git'>,
): Told {
  const resources = new Map(manifest.resources.map((resource) => [resource.address, resource]));
  const records = new Map(recorded.map((record) => [record.address, record]));
  const whereOf = (address: string) => resources.get(address)?.where ?? records.get(address)?.resource.where ?? {};
  const drift = driftOf(steps, resources, records, observed);
  const told = steps.flatMap((step) => {
    if (step.life === 'artifact') return [];
    const resource = resources.get(step.address);
    const record = records.get(step.address);
    const where = whereOf(step.address);
    const job = resource?.life === 'job' ? resource : undefined;
    return [
      ...moves(step, record, where),
      ...protection(step, record, job !== undefined, where),
      ...noResult(step, where),
      ...living(step, where),
      ...unknown(step, where),
    ];
  });
  return { drift, findings: [...told, ...driftFindings(drift, whereOf), ...dirty(git)] };
}
