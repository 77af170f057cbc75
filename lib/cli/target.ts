/** The target that a stack's cluster names. */
import { isObject, type JsonObject } from '../base/json.ts';
import { exit, fail } from '../errors.ts';
import { type Job, type Manifest, manifestFormat } from '../manifest.ts';
import { localTarget } from '../targets/local/target.ts';
import { sourcesOf } from '../targets/sources.ts';
import type { Target } from '../targets/target.ts';
import { trainerFolder, trainerWheel, type Wheel } from '../targets/wheel.ts';

let wheel: Wheel | undefined;

/** Made once for all stacks of a command. */
export function trainer(): Wheel {
  wheel ??= trainerWheel(trainerFolder());
  return wheel;
}

/** The version in the wheel's name, which is that of the Python package. */
export function trainerVersion(): string {
  return trainer().name.split('-')[1] ?? 'unknown';
}

const text = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise);

export function canReach({ target }: Manifest): boolean {
  return target?.kind === 'local';
}

/** Only this machine can be reached by this version; files and plans for the others are made all the same. */
export function targetOf(manifest: Manifest, project: string): Target {
  const { target, stack } = manifest;
  if (!target)
    throw fail('target/none', `The stack ${stack} has no run, so there is no target.`, 'Add a FineTune to it.', {
      exit: exit.invalid,
    });
  if (target.kind !== 'local')
    throw fail(
      `target/${target.kind}`,
      `The stack ${stack} goes to ${target.construct}, by ${target.kind}, which this version cannot reach.`,
      'Take the files and start them by hand: sft export DIR.',
      { where: { construct: target.construct } },
    );
  return localTarget({
    project,
    workspace: target.workspace,
    python: text(target.settings.python, 'python3'),
    environment: (name) => process.env[name],
    trainer: trainer(),
    sources: sourcesOf(manifest, project),
    manifest,
  });
}

/** The target of a run as it was applied: what the state holds is enough, the user's program is not run. */
export function recordedTarget(stack: string, job: Job, project: string): Target {
  const settings: JsonObject = isObject(job.settings.cluster) ? (job.settings.cluster as JsonObject) : {};
  const target = {
    kind: job.layout.target,
    construct: stack,
    workspace: text(settings.workspace, '.sft/workspace'),
    settings,
  };
  const base = { format: manifestFormat, stack, program: '', findings: [], files: [] } as const;
  return targetOf({ ...base, target, resources: [job] }, project);
}
