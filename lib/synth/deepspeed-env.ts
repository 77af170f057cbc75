/**
 * `.deepspeed_env`, read by DeepSpeed's launcher, which exports each line to the other hosts. Its grammar is
 * KEY=VALUE on every line: a comment or a blank line ends the launcher with a traceback, so it has no heading.
 */
import type { GeneratedFile } from '../manifest.ts';
import { variables } from './environment.ts';
import type { RunInput } from './input.ts';

export function deepspeedEnv({ settings, layout }: RunInput): GeneratedFile {
  const lines = variables(settings, layout).map(([name, value]) => `${name}=${value}\n`);
  return { path: '.deepspeed_env', content: lines.join(''), mode: 0o644 };
}
