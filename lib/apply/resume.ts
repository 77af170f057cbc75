/** To resume is to apply a plan of one step: the next attempt of a run, from its newest complete checkpoint. */
import { exit, fail } from '../errors.ts';
import { makePlan, type PlanInput } from '../plan/plan.ts';
import type { Plan } from '../plan/step.ts';

/** Throws where there is nothing to resume, with the reason. */
export function resumePlan(input: Omit<PlanInput, 'asked' | 'only'>, address: string): Plan {
  const plan = makePlan({ ...input, asked: { [address]: 'resume' }, only: [address] });
  const step = plan.steps.find((each) => each.address === address && each.life === 'job');
  if (!step) {
    const known = input.manifest.resources.filter((resource) => resource.life === 'job').map((job) => job.address);
    const fix = known.length === 0 ? 'The stack has no runs.' : `Runs of the stack: ${known.join(', ')}.`;
    throw fail('run/unknown', `The program has no run ${address}.`, fix, { exit: exit.usage });
  }
  if (step.seen === 'unknown')
    throw fail(
      'target/unknown',
      `${address}: ${step.because}.`,
      'See that the target can be reached, then try again.',
      {
        exit: exit.unknown,
      },
    );
  if (step.verb !== 'attempt')
    throw fail('run/not-resumable', `${address} is not resumed: ${step.because}.`, 'See sft status and sft plan.');
  return plan;
}
