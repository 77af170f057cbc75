/** Writes that are on the disk when they return, and what a failed one means to its user. */
import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail, UserError } from '../errors.ts';

export function codeOf(caught: unknown): string | undefined {
  const code = caught instanceof Error ? (caught as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

const reasons: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ['there is no space left', 'Free some space and run it again: what was done before is recorded.'],
  EDQUOT: ['the quota is used up', 'Free some space and run it again: what was done before is recorded.'],
  EACCES: ['it is not writable', 'Allow writing there and run it again.'],
  EPERM: ['it is not writable', 'Allow writing there and run it again.'],
  EROFS: ['the file system is read-only', 'Allow writing there and run it again.'],
};

/** Of a folder that cannot be made on a read-only file system, Node's recursive mkdir says that it is not there. */
function reasonOf(caught: unknown): string {
  const code = codeOf(caught) ?? '';
  return code === 'ENOENT' && (caught as { syscall?: unknown }).syscall === 'mkdir' ? 'EROFS' : code;
}

/** A full disk or a read-only folder as the user's error; anything else stays what it is. */
export function notWritten(path: string, caught: unknown, id: 'state/not-written' | 'workspace/not-written'): unknown {
  const reason = reasons[reasonOf(caught)];
  if (!reason || caught instanceof UserError) return caught;
  return fail(id, `${path} could not be written: ${reason[0]}.`, reason[1], { where: { path } });
}

export function writing<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (caught) {
    throw notWritten(path, caught, 'state/not-written');
  }
}

/** A new name in a folder is on the disk only when the folder is. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

export const temporaryName = /^\.[0-9a-f-]{36}\.tmp$/;

/** Writes a temporary file beside `path`, on the disk, and hands its name to `publish`. */
function beside(path: string, content: string, publish: (temporary: string) => void): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    const handle = openSync(temporary, 'wx', 0o644);
    try {
      writeFileSync(handle, content);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    publish(temporary);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(dirname(path));
}

/** Creates `path`; false, and nothing written, where it is there already. The check and the creation are one act. */
export function createWhole(path: string, content: string): boolean {
  return writing(path, () => {
    let first = true;
    beside(path, content, (temporary) => {
      try {
        linkSync(temporary, path);
      } catch (caught) {
        if (codeOf(caught) !== 'EEXIST') throw caught;
        first = false;
      }
    });
    return first;
  });
}

/** Puts `content` in the place of what is at `path`, at once. */
export function replaceWhole(path: string, content: string): void {
  writing(path, () => beside(path, content, (temporary) => renameSync(temporary, path)));
}
