import { short } from './hash.ts';
import { type Birth, birthplace } from './token.ts';

/** A run's folder below `runs/` of a workspace. The trainer is told it, and never makes the name itself. */
export function runFolder(run: Birth): string {
  return `${birthplace(run).replaceAll('/', '--')}--${short(run.identity)}`;
}

/** Where the run's result lies, below the workspace. */
export function resultPath(run: Birth): string {
  return `runs/${runFolder(run)}/output/result`;
}
