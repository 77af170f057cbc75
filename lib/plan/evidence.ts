/** A plan with what is known of the rows: its runs' evidence, the steps that follow from it, and what was found. Pure. */
import { isSame } from '../base/json.ts';
import { type DataEvidence, isKnown } from '../data/evidence/facts.ts';
import { derivedOf } from '../estimate/learnt.ts';
import type { Finding } from '../finding.ts';
import type { Derived, Job } from '../manifest.ts';
import { jobsOf } from './match.ts';
import type { JobStep, PlanBody } from './step.ts';

/** Of one run. */
export interface RunEvidence {
  readonly after: DataEvidence;
  /** Of the run as it was applied, where that is known. */
  readonly before?: DataEvidence;
}

/** What follows where tokens are known; undefined where they are not, or nothing is left to train on. */
export function followingFrom(job: Pick<Job, 'derived' | 'settings'>, evidence: DataEvidence): Derived | undefined {
  const { tokens } = evidence;
  if (!isKnown(tokens) || tokens.train.sequences === 0) return undefined;
  const { packing } = evidence;
  const left = (part: typeof tokens.train) => {
    const { cutOff, untrained, tooLong = 0 } = part.dropped;
    return packing ? part.rows - cutOff - untrained - tooLong : part.sequences;
  };
  return derivedOf(job.derived, job.settings, {
    rows: left(tokens.train),
    sequences: tokens.train.sequences,
    ...(tokens.evaluation ? { evaluationRows: left(tokens.evaluation) } : {}),
  });
}

/** Steps that were told without tokens are not compared with those that tokens have shown. */
function withoutRows({ world, microBatch, accumulation, globalBatch }: Derived): Derived {
  return { world, microBatch, accumulation, globalBatch };
}

function derivedIn(step: JobStep, job: Job, { after, before }: RunEvidence): Pick<JobStep, 'derived'> {
  const now = followingFrom(job, after);
  if (!now) return {};
  const old = step.before && before && followingFrom(step.before, before);
  const was =
    old ?? (step.before && (isSame(now, job.derived) ? step.before.derived : withoutRows(step.before.derived)));
  if (isSame(now, job.derived) && (was === undefined || isSame(was, step.before?.derived))) return {};
  return { derived: { ...(was ? { before: was } : {}), after: now } };
}

/** `found`: by the address of a run. */
export function withEvidence(
  plan: PlanBody,
  found: ReadonlyMap<string, RunEvidence>,
  findings: readonly Finding[],
): PlanBody {
  const jobs = new Map(jobsOf(plan.manifest).map((job) => [job.address, job]));
  const steps = plan.steps.map((step) => {
    const [own, job] = [found.get(step.address), jobs.get(step.address)];
    if (step.life === 'artifact' || !own || !job) return step;
    return { ...step, ...derivedIn(step, job, own), evidence: own };
  });
  return { ...plan, steps, findings: [...plan.findings, ...findings] };
}
