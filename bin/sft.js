#!/usr/bin/env node
// The entry of `sft`. Plain JavaScript that an old Node can read: it finds a Node that is new enough, then loads the
// command line. `--version` is answered here, since it is asked often and needs nothing. Nothing is imported that the
// answer does not need: each start waits for this file.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const tooOld = major < 22 || (major === 22 && minor < 18);
const root = () => decodeURIComponent(new URL('..', import.meta.url).pathname).replace(/\/$/, '');

if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  const { versionText } = await import('./version.js');
  process.stdout.write(`${versionText(root())}\n`);
} else if (tooOld) {
  const { again } = await import('./again.js');
  again(root());
} else {
  process.getBuiltinModule('node:module').enableCompileCache();
  const { start } = await import('../lib/entry/command.js');
  process.exitCode = await start(process.argv.slice(2));
}
