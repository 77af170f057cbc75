/** Secrets of the environment: no command writes them down, prints them, or puts them where all processes may read. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { program, StandIn } from '../support/stand-in.ts';

const test = suite('secrets');

const secrets = {
  HF_TOKEN: 'hf_canarycanarycanarycanarycanary01',
  WANDB_API_KEY: 'canary0000canary0000canary0000canary0002',
  OUR_KEY: 'canarycanary-of-a-team',
};
const inFile = 'canarycanary-in-a-file';
const canary = /canarycanary|canary0000/;

/** The stack names all of them, under other names too; the file lies outside of the project. */
const stack = (file: string) =>
  program(`environment: {
    WANDB_API_KEY: secret.fromEnv('WANDB_API_KEY'),
    TEAM_VALUE: secret.fromEnv('OUR_KEY'),
    FILE_VALUE: secret.fromFile('${file}'),
  },`)
    .replace('Stack, lora }', 'Stack, lora, secret }')
    .replace("{ id: 'nobody/nothing' }", "{ id: 'nobody/nothing', token: secret.fromEnv('HF_TOKEN') }");

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
  const outside = mkdtempSync(join(tmpdir(), 'sft-secret-'));
  const file = join(outside, 'key');
  writeFileSync(file, `${inFile}\n`, { mode: 0o600 });
  const it = await StandIn.make(stack(file));
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
    assert.ok(environment.includes(`TEAM_VALUE=${secrets.OUR_KEY}\0`), 'a variable under another name');
    assert.ok(environment.includes(`FILE_VALUE=${inFile}\0`), 'a secret in a file');
    const train = Object.entries(it.project.files()).find(([path]) => /bundles\/.*train\.json$/.test(path))?.[1];
    assert.match(train ?? '', '"fromEnv": "OUR_KEY"', 'what is uploaded names it');
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
    rmSync(outside, { recursive: true, force: true });
  }
});

test('one that is missing ends apply before anything starts; a file that others may read is a warning', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'sft-secret-'));
  const file = join(outside, 'key');
  const it = await StandIn.make(stack(file));
  const { OUR_KEY, ...others } = secrets;
  try {
    const { code, err } = await it.start(['apply', '--yes'], { ...others, OUR_KEY: '' }).ended;
    assert.is(code, 1, err);
    assert.match(err, 'The secret OUR_KEY is not set.');
    assert.match(err, `The secret file ${file} does not exist.`);
    assert.equal(it.starts(), []);
    assert.not.ok(Object.keys(it.project.files()).some((path) => path.startsWith('.sft/workspace/bundles')));
    writeFileSync(file, inFile);
    chmodSync(file, 0o644);
    const plan = await it.start(['plan'], secrets).ended;
    assert.match(plan.out, `warning: The secret file ${file} can be read by others (mode 644).`);
    assert.not.match(plan.out + plan.err + err, canary);
    assert.is((await it.start(['apply', '--yes'], secrets).ended).code, 0);
    await it.awaitStarts(1);
  } finally {
    await it.remove();
    rmSync(outside, { recursive: true, force: true });
  }
});

test.run();
