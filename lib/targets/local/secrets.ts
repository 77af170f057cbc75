/** Whether the secrets that runs name are there, before anything starts. Their values are looked at and not kept. */
import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isObject } from '../../base/json.ts';
import { isReference, type SecretReference } from '../../base/secret.ts';
import type { Finding } from '../../finding.ts';
import type { Job } from '../../manifest.ts';
import { orAbsent } from '../files.ts';

export type Environment = (name: string) => string | undefined;

interface Named {
  readonly reference: SecretReference;
  readonly where: Finding['where'];
}

/** Every reference of a run: variables of its processes, tokens of model, data, and of what an adapter lies on. */
function namedIn({ settings, where }: Job): Named[] {
  const variables = isObject(settings.environment) ? Object.entries(settings.environment) : [];
  const { model, data } = settings;
  const base = isObject(model) ? model.base : undefined;
  const tokens = Object.entries({ model, data, 'model.base': base }).map(
    ([part, block]) => [`${part}.token`, isObject(block) ? block.token : undefined] as const,
  );
  return [...variables.map(([name, value]) => [`environment.${name}`, value] as const), ...tokens].flatMap(
    ([path, value]) => (isReference(value) ? [{ reference: value, where: { ...where, path } }] : []),
  );
}

const missing = (where: Finding['where'], message: string, fix: string): Finding => ({
  id: 'secret/missing',
  severity: 'error',
  where,
  message,
  fix,
});

async function file(path: string, where: Finding['where']): Promise<Finding[]> {
  const place = path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
  const found = await orAbsent(stat(place));
  const readable =
    found?.isFile() &&
    (await access(place, constants.R_OK).then(
      () => true,
      () => false,
    ));
  if (!found || !readable) {
    const what = found ? 'cannot be read' : 'does not exist';
    return [missing(where, `The secret file ${path} ${what}.`, 'Write the secret into it, for your user alone.')];
  }
  const text = (await readFile(place, 'utf8')).trim();
  if (text === '' || /[\n\0]/.test(text))
    return [missing(where, `The secret file ${path} does not hold one line of text.`, 'Write the secret into it.')];
  if ((found.mode & 0o077) === 0) return [];
  const message = `The secret file ${path} can be read by others (mode ${(found.mode & 0o777).toString(8)}).`;
  return [{ id: 'secret/mode', severity: 'warning', where, message, fix: `Take that away: chmod 600 ${path}.` }];
}

async function look({ reference, where }: Named, environment: Environment): Promise<Finding[]> {
  if ('fromFile' in reference) return file(reference.fromFile, where);
  if ((environment(reference.fromEnv) ?? '').trim() !== '') return [];
  const message = `The secret ${reference.fromEnv} is not set.`;
  return [missing(where, message, `Set the environment variable ${reference.fromEnv} for sft apply.`)];
}

export async function checkSecrets(jobs: readonly Job[], environment: Environment): Promise<Finding[]> {
  const found = await Promise.all(jobs.flatMap(namedIn).map((named) => look(named, environment)));
  return found.flat();
}
