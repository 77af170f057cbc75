/** What stops any run on this machine, found before anything is made. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Finding } from '../../finding.ts';
import { codeOf } from '../files.ts';
import { lookAtPython } from './python.ts';
import type { Workspace } from './workspace.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'may not be written by this user',
  EPERM: 'may not be written by this user',
  EROFS: 'is on a file system that is read-only',
  ENOTDIR: 'cannot be made: a part of its path is a file',
};

function finding(root: string, reason: string): Finding {
  return {
    id: 'workspace/not-writable',
    severity: 'error',
    where: { path: 'workspace' },
    message: `The workspace ${root} ${reason}.`,
    fix: 'Allow writing there, or name another folder as workspace of the cluster.',
  };
}

/** Looks at the nearest folder that exists; a plan makes nothing. */
async function workspaceFindings(root: string): Promise<Finding[]> {
  for (let folder = root; ; folder = dirname(folder)) {
    try {
      if (!(await stat(folder)).isDirectory()) return [finding(root, 'cannot be made: a part of its path is a file')];
      await access(folder, constants.W_OK | constants.X_OK);
      return [];
    } catch (caught) {
      const code = codeOf(caught) ?? '';
      if (code !== 'ENOENT' || folder === dirname(folder))
        return [finding(root, reasons[code] ?? `cannot be used (${code || String(caught)})`)];
    }
  }
}

export async function probe(workspace: Workspace, python: string): Promise<Finding[]> {
  const [looked, findings] = await Promise.all([lookAtPython(python), workspaceFindings(workspace.root)]);
  return 'finding' in looked ? [looked.finding, ...findings] : findings;
}
