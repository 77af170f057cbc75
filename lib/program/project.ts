import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The nearest folder from `from` upwards that has sft.yaml or package.json; `from` itself where none has. */
export function findProject(from: string): string {
  const start = resolve(from);
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'sft.yaml')) || existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder) return start;
  }
}

/** What the default patterns of `sft.yaml` find. */
const inStacks = /^[^.].*(?<!\.d|\.test)\.m?[jt]s$/;

/** Programs of a project without `sft.yaml`, relative to its folder, sorted. */
export function programsIn(project: string): string[] {
  const folder = join(project, 'stacks');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => inStacks.test(file));
  return files.sort().map((file) => `stacks/${file}`);
}
