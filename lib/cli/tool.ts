/** Who we are, and whose project this is. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

function field(path: string, name: 'version' | 'name'): string | undefined {
  try {
    const value = (JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>)[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  } catch {
    return undefined;
  }
}

export function toolVersion(): string {
  return field(join(import.meta.dirname, '..', '..', 'package.json'), 'version') ?? 'unknown';
}

/** Tells projects apart in saved plans; a folder's place is another one on each machine, so it is not that. */
export function projectName(project: string): string {
  return field(join(project, 'package.json'), 'name') ?? basename(project);
}
