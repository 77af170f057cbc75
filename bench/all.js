// `npm run bench [-- ROUNDS]`: every bench, one after the other; ROUNDS is for speed.js.
import { join } from 'node:path';
import { root } from '../scripts/node.js';
import { run } from '../scripts/shell.js';

for (const [name = '', ...args] of [['speed.js', ...process.argv.slice(2)], ['plan.js']]) {
  const code = await run(process.execPath, [join(root, 'bench', name), ...args]);
  if (code !== 0) process.exit(code);
}
