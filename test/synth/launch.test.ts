import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rendezvousPort } from '../../lib/synth/launcher.ts';
import { renderRun } from '../../lib/synth/render.ts';
import { launch, writeRun } from '../support/launch.ts';
import { cases, runInput } from '../support/run-input.ts';

interface Place {
  /** With a blank, a quote and a dollar, as a person's folder may have. */
  top: string;
}
const test = suite<Place>('launch.sh');
test.before.each((context) => {
  context.top = realpathSync(mkdtempSync(join(tmpdir(), "sft launch's $x-")));
});
test.after.each(({ top }) => rmSync(top, { recursive: true, force: true }));

function written(top: string, input = cases['local-cpu-lora']()): string {
  const files = join(top, 'files');
  writeRun(files, renderRun({ ...input, address: 'sft' }));
  writeFileSync(join(files, 'sft', 'cdksft_trainer-0.1.0-py3-none-any.whl'), '');
  return join(files, 'sft');
}

test('each is bash, word for word', ({ top }) => {
  for (const [name, input] of Object.entries(cases)) {
    const script = join(written(join(top, name), input()), 'launch.sh');
    const { status, stderr } = spawnSync('bash', ['-n', script], { encoding: 'utf8' });
    assert.is(status, 0, stderr);
  }
});

test('by hand: everything is below its own folder, and the wheel is found', ({ top }) => {
  const files = written(top);
  const { status, words, environment, stderr } = launch(join(files, 'launch.sh'), top);
  assert.is(status, 0, stderr);
  const start = ['-m', 'cdksft_trainer', 'supervise', '--root', files, '--run', join(files, 'run'), '--files', files];
  assert.equal(words.slice(0, -4), [...start, '--']);
  assert.equal(words.slice(-4), [join(top, 'python'), '-m', 'cdksft_trainer', 'train']);
  assert.is(environment.PYTHONPATH, join(files, 'cdksft_trainer-0.1.0-py3-none-any.whl'));
});

test('by a target: root, run, attempt and provenance are handed on', ({ top }) => {
  const files = written(top);
  const root = join(top, 'root');
  const given = {
    SFT_ROOT: root,
    SFT_RUN: join(root, 'runs', 'x'),
    SFT_ATTEMPT: '3',
    SFT_PROVENANCE: '{"plan":"a b"}',
  };
  const { words, environment } = launch(join(files, 'launch.sh'), top, { ...given, PYTHONPATH: '/elsewhere' });
  assert.equal(words.slice(3, 11), ['--root', root, '--run', given.SFT_RUN, '--files', files, '--attempt', '3']);
  assert.is(environment.SFT_PROVENANCE, given.SFT_PROVENANCE);
  assert.match(environment.PYTHONPATH ?? '', /\.whl:\/elsewhere$/);
});

test('with a workspace and no run, the run has its place in it', ({ top }) => {
  const input = cases['local-cpu-lora']();
  const files = written(top, input);
  const { words } = launch(join(files, 'launch.sh'), top, { SFT_ROOT: 'ws' });
  assert.equal(words.slice(3, 7), [
    '--root',
    join(top, 'ws'),
    '--run',
    join(top, 'ws/runs', `sft--${input.identity.slice(0, 12)}`),
  ]);
});

test('the run’s variables are exported as they were given', ({ top }) => {
  const environment = { HF_HOME: "a b'c", NCCL_DEBUG: 'INFO', EMPTY: '', OMP_NUM_THREADS: '3' };
  const files = written(top, runInput({ environment }));
  const seen = launch(join(files, 'launch.sh'), top).environment;
  for (const [name, value] of Object.entries(environment)) assert.is(seen[name], value, name);
  assert.is(seen.TOKENIZERS_PARALLELISM, 'false');
});

/** The files of a run that begins with another one's result, which lies in `folder` or nowhere. */
function chained(top: string, address: string, result?: string): string {
  const model = { source: 'run', run: 'team/first', use: 'adapter', identity: 'ab'.repeat(32) };
  const input = runInput({ model }, { address, home: 'team/first' });
  writeRun(join(top, 'files'), renderRun(input));
  mkdirSync(join(top, 'files', 'team', 'first'), { recursive: true });
  if (result !== undefined) {
    mkdirSync(join(top, result), { recursive: true });
    writeFileSync(join(top, result, 'result.json'), '{}');
  }
  return join(top, 'files', address, 'launch.sh');
}

test('a run after another one, by hand: the result beside it, and the workspace of the first', ({ top }) => {
  const script = chained(top, 'other/second', 'files/team/first/run/output/result');
  const { status, words, stderr } = launch(script, top);
  assert.is(status, 0, stderr);
  const first = join(top, 'files', 'team', 'first');
  const own = join(top, 'files', 'other', 'second');
  assert.equal(words.slice(3, -5), [
    ...['--root', first, '--run', join(own, 'run'), '--files', own],
    ...['--from', join(first, 'run', 'output', 'result')],
  ]);
});

test('a run after another one, in a workspace: the result in its place there, or where it is said', ({ top }) => {
  const place = `runs/team--first--${'ab'.repeat(6)}/output/result`;
  const script = chained(top, 'second', `ws/${place}`);
  const from = (words: readonly string[]) => words[words.indexOf('--from') + 1];
  assert.is(from(launch(script, top, { SFT_ROOT: 'ws' }).words), join(top, 'ws', place));
  mkdirSync(join(top, 'else where'));
  writeFileSync(join(top, 'else where', 'result.json'), '{}');
  assert.is(from(launch(script, top, { SFT_ROOT: 'ws', SFT_FROM: 'else where' }).words), join(top, 'else where'));
});

test('a run whose first one has no result yet is not started: exit 65', ({ top }) => {
  const { status, stderr, words } = launch(chained(top, 'second'), top);
  assert.is(status, 65);
  assert.equal(words, []);
  assert.match(stderr, /no result of run team\/first in .*team\/first\/run\/output\/result.*train that one first/);
});

test('merged weights that are made need the result no more', ({ top }) => {
  const model = { source: 'run', run: 'first', use: 'merged', identity: 'ab'.repeat(32) };
  const input = runInput({ model }, { address: 'second', home: 'first' });
  const keys = { ...input.keys, weights: 'cd'.repeat(32) };
  writeRun(join(top, 'files'), renderRun({ ...input, keys }));
  const script = join(top, 'files', 'second', 'launch.sh');
  assert.is(launch(script, top, { SFT_ROOT: 'ws' }).status, 65);
  const made = join(top, 'ws', 'weights', 'cd'.repeat(6));
  mkdirSync(made, { recursive: true });
  writeFileSync(join(made, 'manifest.json'), '{}');
  assert.is(launch(script, top, { SFT_ROOT: 'ws' }).status, 0);
});

test('without the packages it says the commands that get them, and starts nothing', ({ top }) => {
  const files = written(top);
  const { status, stderr, words } = launch(join(files, 'launch.sh'), top, { FAKE_MISSING: '1' });
  assert.is(status, 69);
  assert.equal(words, []);
  assert.match(stderr, /python3 -m venv .*\n.*-m pip install -r .*requirements\.txt\n.*SFT_PYTHON=.*launch\.sh/);
});

test('a Python that is not there is told the same way', ({ top }) => {
  const files = written(top);
  const { status, stderr } = launch(join(files, 'launch.sh'), top, { SFT_PYTHON: join(top, 'no-python') });
  assert.is(status, 69);
  assert.match(stderr, /no-python.*\n.*make an environment/);
});

test('a real Python without the packages is told which it lacks', ({ top }) => {
  const files = written(top);
  const { status, stderr } = launch(join(files, 'launch.sh'), top, { SFT_PYTHON: 'python3', PYTHONNOUSERSITE: '1' });
  // Where this machine's own Python has them all, it goes on to the supervisor, which the empty wheel does not have.
  assert.ok(status === 69 ? /cannot import .*cdksft_trainer/.test(stderr) : status !== 0, stderr);
});

test('DeepSpeed on several hosts: from its own folder, which is where the others go too', ({ top }) => {
  const input = cases['full-zero3-offload']();
  const files = written(top, input);
  const { command, folder, environment } = launch(join(files, 'launch.sh'), top);
  assert.equal(command.slice(1), [
    ...['-m', 'deepspeed.launcher.runner', '--hostfile', join(files, 'hostfile'), '--master_addr', 'h200-01'],
    ...['--master_port', String(rendezvousPort(input)), '--launcher', 'pdsh', '--no_local_rank', '--ssh_port', '2222'],
    ...['--module', 'cdksft_trainer', 'train'],
  ]);
  assert.is(folder, files);
  assert.is(environment.DS_ENV_FILE, join(files, '.deepspeed_env'));
});

test('DeepSpeed without its hostfile, or with a short one, is not started', ({ top }) => {
  const files = written(top, cases['ssh-lora-zero2']());
  writeFileSync(join(files, 'hostfile'), 'h200-01 slots=8\n');
  const short = launch(join(files, 'launch.sh'), top);
  assert.equal([short.status, short.words], [65, []]);
  assert.match(short.stderr, /does not name the 8 hosts/);
  rmSync(join(files, 'hostfile'));
  assert.is(launch(join(files, 'launch.sh'), top).status, 65);
});

test('torchrun on several hosts needs to know which host this is', ({ top }) => {
  const files = written(top, cases['ssh-ddp']());
  const unknown = launch(join(files, 'launch.sh'), top);
  assert.is.not(unknown.status, 0);
  assert.match(unknown.stderr, /SFT_NODE_RANK: is the place of this host/);
  const { command } = launch(join(files, 'launch.sh'), top, { SFT_NODE_RANK: '1' });
  assert.equal(command.slice(3, 11), [
    '--nnodes',
    '2',
    '--nproc_per_node',
    '8',
    '--node_rank',
    '1',
    '--master_addr',
    'h200-01',
  ]);
});

test('on Slurm the batch script says which host is first', ({ top }) => {
  const files = written(top, cases['slurm-zero3']());
  assert.match(
    launch(join(files, 'launch.sh'), top, { SFT_NODE_RANK: '0' }).stderr,
    /SFT_MASTER_ADDR: is the first host/,
  );
  const { command } = launch(join(files, 'launch.sh'), top, { SFT_NODE_RANK: '0', SFT_MASTER_ADDR: 'n1' });
  assert.ok(command.includes('n1'));
});

test('the port is the run’s own, and SFT_PORT overrules it', ({ top }) => {
  const input = cases['local-zero2']();
  const port = (word: readonly string[]) => word[word.indexOf('--master_port') + 1];
  const files = written(top, input);
  assert.is(port(launch(join(files, 'launch.sh'), top).command), String(rendezvousPort(input)));
  assert.is(port(launch(join(files, 'launch.sh'), top, { SFT_PORT: '1234' }).command), '1234');
  assert.is.not(rendezvousPort(input), rendezvousPort({ ...input, stack: 'other' }));
  assert.ok(rendezvousPort(input) >= 20000 && rendezvousPort(input) < 30000);
});

test.run();
