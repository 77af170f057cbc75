/** Who we are, and whose project this is. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { versionText } from '../../bin/version.js';

function field(path: string, name: 'version' | 'name'): string | undefined {
  try {
    const value = (JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>)[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  } catch {
    return undefined;
  }
}

const root = join(import.meta.dirname, '..', '..');

export function toolVersion(): string {
  return field(join(root, 'package.json'), 'version') ?? 'unknown';
}

/** For people: what bin/sft.js answers by itself where nothing else is asked. */
export const toolVersionText = (): string => versionText(root);

/** Tells projects apart in saved plans; a folder's place is another one on each machine, so it is not that. */
export function projectName(project: string): string {
  return field(join(project, 'package.json'), 'name') ?? basename(project);
}
