/** The project's pins, as a program and the command read them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyLock, type LockRead, lockFileName, readLock } from '../pins/lock-file.ts';

/** Without the file nothing is pinned, which is no mistake. */
export function readPins(project: string): LockRead {
  let text: string;
  try {
    text = readFileSync(join(project, lockFileName), 'utf8');
  } catch (caught) {
    if ((caught as { code?: string }).code === 'ENOENT') return { lock: emptyLock };
    const message = `${lockFileName} cannot be read (${(caught as { code?: string }).code ?? String(caught)}).`;
    const fix = 'Make it a file that you may read.';
    return {
      finding: { id: 'pin/unreadable', severity: 'error', where: { path: lockFileName }, message, fix },
    };
  }
  return readLock(text);
}
