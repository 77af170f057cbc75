/** Secrets of the environment: no command writes them down, prints them, or puts them where all processes may read. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StandIn } from '../support/stand-in.ts';

const test = suite('secrets');

const secrets = {
  HF_TOKEN: 'hf_canarycanarycanarycanarycanary01',
  WANDB_API_KEY: 'canary0000canary0000canary0000canary0002',
};
const canary = /canarycanary|canary0000/;

function holders(it: StandIn): string[] {
  const files = Object.entries(it.project.files());
  assert.ok(files.some(([path]) => path.startsWith('.sft/workspace/runs/')));
  return files.filter(([, content]) => canary.test(content)).map(([path]) => path);
}

/** Command lines are for all users to read; looks until told to stop. */
async function watchCommandLines(signal: AbortSignal): Promise<string[]> {
  const seen = new Set<string>();
  while (!signal.aborted) {
    for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        if (canary.test(words)) seen.add(words.replaceAll('\0', ' '));
      } catch {
        // It has ended.
      }
    }
    await sleep(10);
  }
  return [...seen];
}

test('plan, apply, status, logs, a failure and a crash: not in any file, output or command line', async () => {
  const it = await StandIn.make();
  const over = new AbortController();
  const lines = watchCommandLines(over.signal);
  const said: string[] = [];
  const run = async (...args: string[]) => {
    const { code, out, err } = await it.start(args, secrets).ended;
    said.push(`${args.join(' ')}\n${out}${err}`);
    return { code, err };
  };
  try {
    await run('plan', '--out', 'my.plan');
    const crash = it.start(['apply', 'my.plan'], { ...secrets, SFT_CRASH_AT: '8' });
    said.push(JSON.stringify(await crash.ended));
    assert.is(crash.child.signalCode, 'SIGKILL');
    const applied = await run('apply', 'my.plan');
    assert.is(applied.code, 0, applied.err);
    // The training gets them: without that the test would prove nothing.
    const [start] = await it.awaitStarts(1);
    const environment = readFileSync(`/proc/${start?.pid}/environ`, 'latin1');
    for (const secret of Object.values(secrets)) assert.ok(environment.includes(secret), 'the training has no secrets');
    await Promise.all([run('status'), run('status', '--json'), run('logs'), run('show', 'my.plan')]);
    it.finish('data');
    assert.equal(await it.awaitQuiet(), []);
    await Promise.all([run('status'), run('logs', '--json'), run('plan', '--debug'), run('output', 'sft')]);
    over.abort();
    assert.equal(holders(it), [], 'a file holds a secret');
    assert.equal(await lines, [], 'a command line holds a secret');
    assert.equal(
      said.filter((text) => canary.test(text)),
      [],
      'a secret was printed',
    );
  } finally {
    over.abort();
    await it.remove();
  }
});

test.run();
