/** Who we are, and whose project this is. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { versionText } from '../../bin/version.js';
import { ownFolder, ownVersion } from '../program/version.ts';

export const toolVersion = ownVersion;

/** For people: what bin/sft.js answers by itself where nothing else is asked. */
export const toolVersionText = (): string => versionText(ownFolder);

/** Tells projects apart in saved plans; a folder's place is another one on each machine, so it is not that. */
export function projectName(project: string): string {
  try {
    const { name } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { name?: unknown };
    if (typeof name === 'string' && name !== '') return name;
  } catch {}
  return basename(project);
}
