/** What a plan says of an artifact that is to be made. */
import { isObject } from '../base/json.ts';
import { figure, grouped } from '../base/quantity.ts';
import type { Artifact, Job } from '../manifest.ts';
import { fixTexts } from './fix-text.ts';

export const dots = (parts: readonly (string | undefined)[]) => parts.filter((part) => part !== undefined).join(' · ');
export const many = (count: number, one: string, more = `${one}s`) => `${grouped(count)} ${count === 1 ? one : more}`;

/** The first job that needs an artifact, by the artifact's address. */
export type Users = ReadonlyMap<string, Job>;

export function usersOf(jobs: readonly Job[]): Users {
  const users = new Map<string, Job>();
  for (const job of jobs) for (const need of job.needs) if (!users.has(need)) users.set(need, job);
  return users;
}

function rowsText(artifact: Artifact, users: Users): string {
  const derived = users.get(artifact.address)?.derived;
  if (derived?.rows !== undefined) {
    const held = derived.evaluationRows ?? 0;
    return `${many(derived.rows + held, 'row')}${held > 0 ? `, ${grouped(held)} of them held out` : ''}`;
  }
  const { samples } = artifact.spec;
  if (typeof samples === 'number') return many(samples, 'row');
  const part = isObject(samples) ? `${figure(Number(samples.share) * 100)} % of its rows, how many is` : 'rows';
  return `${part} unknown: the dataset is not read before it is prepared`;
}

/** How many files, and how they are read where that is not as JSON in UTF-8: found, not written by anybody. */
function filesText(files: unknown): string | undefined {
  if (!Array.isArray(files)) return undefined;
  const found = files.filter(isObject).flatMap(({ type, encoding }) => [type, encoding]);
  const ways = [...new Set(found.filter((way) => typeof way === 'string'))].join(', ');
  return dots([files.length > 1 ? many(files.length, 'file') : undefined, ways === '' ? undefined : ways]) || undefined;
}

/** What is made of an artifact that is new. */
export function artifactText(artifact: Artifact, users: Users): string {
  const { spec } = artifact;
  switch (artifact.make) {
    case 'environment':
      return many(
        String(spec.requirements ?? '')
          .split('\n')
          .filter((line) => line !== '').length,
        'Python package',
      );
    case 'bundle':
      return many(Object.keys(isObject(spec.files) ? spec.files : {}).length, 'file');
    case 'data':
      return dots([
        rowsText(artifact, users),
        typeof spec.format === 'string' ? `${spec.format} format` : undefined,
        filesText(spec.files),
        ...fixTexts(spec.fixed, users.get(artifact.address)),
      ]);
    case 'weights':
      return spec.source === 'run'
        ? `the adapter of ${spec.run} merged, known after apply`
        : 'random weights, to show the machinery';
  }
}
