/** The synthesised files that a plan changes, as unified diffs. */
import type { PlanBody } from '../plan/step.ts';
import { differenceText } from './difference.ts';

/** Empty where no file is changed. What was applied is in the plan, what is made now in its manifest. */
export function fileDiffs(plan: PlanBody): string {
  const now = new Map(plan.manifest.files.map(({ path, content }) => [path, content]));
  const folders = new Map(
    plan.manifest.resources.flatMap((one) => (one.life === 'job' ? [[one.address, one.folder] as const] : [])),
  );
  return plan.steps
    .flatMap((step) => {
      const folder = folders.get(step.address);
      if (step.life !== 'job' || step.files === undefined || folder === undefined) return [];
      if (step.files === 'unknown')
        return [`# ${folder}: what was applied was not kept, so no difference can be shown\n`];
      const differences = step.files.map(({ path, before }) => {
        const after = now.get(`${folder}/${path}`);
        return { path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
      });
      return [differenceText(differences, folder)];
    })
    .join('');
}
