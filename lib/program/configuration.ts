/** `sft.yaml`, the optional settings of a project: where its stacks are and where their files go. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isObject } from '../base/json.ts';
import { nearest } from '../base/nearest.ts';
import { exit, UserError } from '../errors.ts';
import type { Finding } from '../finding.ts';

export interface Configuration {
  /** Globs of the programs, relative to the project's folder. */
  readonly stacks: readonly string[];
  /** Folder that holds `<stack>/`, relative to the project's folder. */
  readonly out: string;
}

export const configurationFile = 'sft.yaml';

export const defaults: Configuration = {
  stacks: ['stacks/*.ts', 'stacks/*.mts', 'stacks/*.js', 'stacks/*.mjs'],
  out: 'synth',
};

const known = ['stacks', 'out'];

function wrong(at: string, message: string, fix: string, path?: string): Finding {
  const where = { at, ...(path === undefined ? {} : { path }) };
  return { id: 'project/configuration', severity: 'error', where, message, fix };
}

/** A relative path without `..`, so that nothing outside the project is read or written. */
function isInside(value: unknown): value is string {
  return typeof value === 'string' && /^[^/\0]/.test(value) && !value.split('/').some((part) => /^\.\.?$/.test(part));
}

function unknownKey(key: string): Finding {
  const guess = nearest(key, known);
  const fix = guess ? `Did you mean "${guess}"?` : `Known here: ${known.join(', ')}.`;
  return wrong(configurationFile, `${configurationFile} has no setting "${key}".`, fix, key);
}

function check(value: unknown): Configuration | Finding[] {
  if (value === null || value === undefined) return defaults;
  if (!isObject(value))
    return [wrong(configurationFile, `${configurationFile} holds no settings.`, 'Write key: value.')];
  const findings = Object.keys(value)
    .filter((key) => !known.includes(key))
    .map(unknownKey);
  const stacks = typeof value.stacks === 'string' ? [value.stacks] : (value.stacks ?? defaults.stacks);
  const { out = defaults.out } = value;
  const isList = Array.isArray(stacks) && stacks.length > 0 && stacks.every(isInside);
  if (!isList)
    findings.push(
      wrong(
        configurationFile,
        'stacks must be a list of paths or patterns inside the project.',
        'Write for example stacks: [experiments/*.ts].',
        'stacks',
      ),
    );
  if (!isInside(out))
    findings.push(
      wrong(configurationFile, 'out must be a folder inside the project.', 'Write for example out: synth.', 'out'),
    );
  return findings.length > 0 || !isList || !isInside(out) ? findings : { stacks, out: out.replace(/\/+$/, '') };
}

/** The settings of the project in this folder; the defaults where it has no `sft.yaml`. Throws UserError (65). */
export function readConfiguration(project: string): Configuration {
  const path = join(project, configurationFile);
  if (!existsSync(path)) return defaults;
  // Loaded only where there is a file, and without waiting: App.synth() is synchronous and asks too. `#yaml` is
  // lib/program/yaml.ts here, and dist/program/yaml.js, with the parser in it, in the published package.
  const { LineCounter, parseDocument } = createRequire(import.meta.url)('#yaml') as typeof import('./yaml.ts');
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines, prettyErrors: false });
  const broken = document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    const message = `${configurationFile} is not valid YAML: ${error.message}.`;
    return wrong(`${configurationFile}:${line}:${col}`, message, 'Correct this line.');
  });
  const checked = broken.length > 0 ? broken : check(document.toJS());
  if ('out' in checked) return checked;
  throw new UserError(checked, exit.invalid);
}
