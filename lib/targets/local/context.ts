/** What the builders of one artifact share: how to tell something, when to stop, how to run a program. */
import { dirname } from 'node:path';
import type { EngineEvent } from '../../base/events.ts';
import type { Artifact } from '../../manifest.ts';
import { hashFile, makeFolder, orAbsent, writeWhole } from '../files.ts';
import type { Wheel } from '../wheel.ts';
import type { Command } from './guarded.ts';
import type { Workspace } from './workspace.ts';

export interface Build {
  readonly signal: AbortSignal;
  say(line: string): void;
  /** The parts of a guarded command that do not depend on what it runs. */
  guard(python: string): Pick<Command, 'python' | 'wheel' | 'signal'>;
}

export async function buildContext(
  workspace: Workspace,
  trainer: Wheel,
  artifact: Artifact,
  emit: (event: EngineEvent) => void,
  signal: AbortSignal,
): Promise<Build> {
  const wheel = workspace.trainer(trainer);
  await makeFolder(dirname(wheel));
  if ((await orAbsent(hashFile(wheel))) !== trainer.sha256) await writeWhole(wheel, trainer.bytes);
  return {
    signal,
    say: (line) => emit({ kind: 'plan-step-progress', time: Date.now() / 1000, address: artifact.address, line }),
    guard: (python) => ({ python, wheel, signal }),
  };
}
