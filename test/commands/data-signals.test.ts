/** Ctrl-C in `sft data inspect`, wherever it is: the exit code tells it, and nothing of it is left. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startSft } from '../support/sft.ts';
import { skip } from '../support/skip.ts';
import { publishedFolder } from '../support/tokenizers.ts';
import { until } from '../support/until.ts';

const test = suite('data inspect and signals');

let folder = '';
test.before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'sft-signals-')));
  mkdirSync(join(folder, 'tmp'));
  // So many rows that nobody waits for the end, and that what judging keeps of them goes to the disk.
  const words = (at: number) =>
    Array.from({ length: 40 }, (_, n) => `${(at * 7919 + n * n * 104_729) % 99_991}`).join(' ');
  const rows = Array.from({ length: 150_000 }, (_, at) => `{"prompt": "Say ${at}.", "completion": "${words(at)}"}\n`);
  writeFileSync(join(folder, 'rows.jsonl'), rows.join(''));
  writeFileSync(join(folder, 'chat.jinja'), '{% for m in messages %}{{ m.content }}{% endfor %}');
});
test.after(() => rmSync(folder, { recursive: true }));

const filesOf = (pid: number) =>
  readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${name}`)];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
const childrenOf = (pid: number) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Interrupts it once `holds`; what was started by it then. */
async function interrupted(what: string, args: readonly string[], holds: (pid: number, out: string) => boolean) {
  const all = ['data', 'inspect', 'rows.jsonl', '--html', 'page.html', ...args];
  const { child, ended } = startSft(folder, all, { TMPDIR: join(folder, 'tmp'), NODE_DISABLE_COMPILE_CACHE: '1' });
  const pid = child.pid ?? 0;
  let out = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  await until(what, () => holds(pid, out));
  const started = childrenOf(pid);
  child.kill('SIGINT');
  const { code, err } = await ended;
  assert.equal([code, err], [130, 'Interrupted.\n'], what);
  assert.equal(readdirSync(folder).sort(), ['chat.jinja', 'rows.jsonl', 'tmp'], what);
  assert.equal(readdirSync(join(folder, 'tmp')), [], what);
  await until(`the end of what was started, ${what}`, () => !started.some(isThere), 20);
  return started;
}

if (process.platform !== 'linux') skip('what a process holds is seen in /proc', 'this is no Linux');
else {
  test('while it reads, behind its first words', async () => {
    await interrupted('the name of the file', [], (_, out) => out.startsWith('rows.jsonl'));
  });

  test('when what it keeps has gone to the disk', async () => {
    const isSpilt = (pid: number) => filesOf(pid).some((path) => /sft-judge-.*scratch \(deleted\)$/.test(path));
    await interrupted('the scratch file', [], isSpilt);
  });

  test('while another process renders a template for it', async () => {
    const args = ['--template', 'chat.jinja', '--tokenizer', publishedFolder('qwen3')];
    const started = await interrupted('the process of the template', args, (pid) => childrenOf(pid).length > 0);
    assert.is(started.length, 1);
  });
}

test.run();
