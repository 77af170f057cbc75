/** What a plan says of an artifact that is to be made. */
import { isObject } from '../base/json.ts';
import { figure, grouped } from '../base/quantity.ts';
import type { Artifact, Job } from '../manifest.ts';
import { fixTexts, mixedFixTexts } from './fix-text.ts';

export const dots = (parts: readonly (string | undefined)[]) => parts.filter((part) => part !== undefined).join(' · ');
export const many = (count: number, one: string, more = `${one}s`) => `${grouped(count)} ${count === 1 ? one : more}`;

/** The first job that needs an artifact, by the artifact's address. */
export type Users = ReadonlyMap<string, Job>;

export function usersOf(jobs: readonly Job[]): Users {
  const users = new Map<string, Job>();
  for (const job of jobs) for (const need of job.needs) if (!users.has(need)) users.set(need, job);
  return users;
}

/** What a mix takes of each of its datasets. */
function partsText(mixed: unknown): string {
  if (!Array.isArray(mixed)) return '';
  return `: ${mixed.map(({ name, rows }: { name: string; rows: number }) => `${grouped(rows)} of ${name}`).join(', ')}`;
}

/** Of a mix those of its parts. */
function formatText({ format, mix }: Artifact['spec']): string | undefined {
  const parts = isObject(mix) && Array.isArray(mix.parts) ? mix.parts.filter(isObject) : [{ format }];
  const formats = [...new Set(parts.map((part) => String(part.format)))];
  return format === undefined ? undefined : `${formats.join(', ')} format${formats.length > 1 ? 's' : ''}`;
}

function rowsText(artifact: Artifact, users: Users): string {
  const derived = users.get(artifact.address)?.derived;
  if (derived?.rows !== undefined) {
    const held = derived.evaluationRows ?? 0;
    const parts = partsText(artifact.spec.mixed);
    const out = held > 0 ? `${parts === '' ? ',' : ';'} ${grouped(held)} of them held out` : '';
    return `${many(derived.rows + held, 'row')}${parts}${out}`;
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
        formatText(spec),
        filesText(spec.files),
        ...mixedFixTexts(spec.mixed),
        ...fixTexts(spec.fixed, users.get(artifact.address)),
      ]);
    case 'weights':
      return spec.source === 'run'
        ? `the adapter of ${spec.run} merged, known after apply`
        : 'random weights, to show the machinery';
  }
}
