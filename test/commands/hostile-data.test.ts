/** Data that are broken, huge or hostile, by the command: one message each with its place, the exit code, nothing written. */
import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Documents } from '../../lib/report/documents.ts';
import { faultsOf } from '../support/schemas.ts';
import { checkout, makeProject, type Ran, sft, sideBySide } from '../support/sft.ts';
import { skip } from '../support/skip.ts';

const test = suite('hostile data');
const project = makeProject();
test.after(() => project.remove());

const row = (text: string) => `${JSON.stringify({ instruction: 'Say it.', output: text })}\n`;
const place = (name: string) => join(project.folder, name);

/** What a file holds; undefined: it is made by itself. */
interface Case {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** Settings of the dataset beside its path. */
  readonly more?: string;
  /** Of the finding; none: the rows are taken. */
  readonly id?: string;
  readonly at?: string;
  readonly says?: RegExp;
}

const deep = `{"instruction": "a", "output": "b", "more": ${'['.repeat(5000)}${']'.repeat(5000)}}`;
const broken: readonly Case[] = [
  { name: 'nothing.jsonl', content: '', id: 'data/empty', says: /is empty/ },
  { name: 'no-rows.json', content: '[]', id: 'data/empty', says: /has no rows/ },
  {
    name: 'cut.json.gz',
    content: gzipSync(row('a').repeat(99)).subarray(0, -9),
    id: 'data/compressed',
    says: /cut short/,
  },
  {
    name: 'bomb.gz',
    content: gzipSync(Buffer.alloc(80 * 2 ** 20, 32)),
    id: 'data/too-large',
    says: /grows from \d+ bytes/,
  },
  { name: 'nul.jsonl', content: `${row('a')}${row('b').replace('Say', 'S\0y')}`, id: 'data/nul', at: 'nul.jsonl:2' },
  { name: 'deep.jsonl', content: `${row('a')}${deep}`, id: 'data/too-deep', at: 'deep.jsonl:2' },
  { name: 'endless.json', content: '['.repeat(2_000_000), id: 'data/too-deep', at: 'endless.json:1' },
  {
    name: 'twice.jsonl',
    content: `${row('a')}{"output":"a","instruction":"b","output":"c"}`,
    id: 'data/duplicate-key',
    at: 'twice.jsonl:2',
  },
  { name: 'ragged.csv', content: 'instruction,output\na,b\nc,d,e\n', id: 'data/ragged', at: 'ragged.csv:3' },
  {
    name: 'lines.jsonl',
    content: `${'\n'.repeat(1_000_000)}{"instruction": `,
    id: 'data/not-json',
    at: 'lines.jsonl:1000001',
  },
  { name: 'half.parquet', content: `PAR1${'\0'.repeat(99)}PAR1`, id: 'data/not-parquet' },
  {
    name: 'renamed.csv',
    content: 'frage,answer\na,b\n',
    more: "columns: { instruction: 'frage', output: 'antwort' }",
    id: 'data/missing-column',
    at: 'renamed.csv:2',
  },
  { name: 'folder', id: 'data/unreadable', says: /is a folder, not a file/ },
  { name: 'pipe.jsonl', id: 'data/unreadable', says: /is no regular file/ },
  { name: 'new\nline.jsonl', content: `${row('a')}{`, id: 'data/not-json', at: '"new\\nline.jsonl":2' },
  {
    name: 'asks.jsonl',
    content: row('a'),
    more: "template: { file: 'asks.jinja' }",
    id: 'template/attribute',
    at: 'asks.jinja:2',
  },
];

const fine: readonly Case[] = [
  { name: 'one.jsonl', content: row('alone') },
  { name: 'long.jsonl', content: row('word '.repeat(2_000_000)) },
  { name: 'late.jsonl', content: `${'\n'.repeat(1_000_000)}${row('a')}` },
  { name: 'formulas.csv', content: 'instruction,output\n=1+1,"=HYPERLINK(""x"")"\n@a,-1\n' },
  { name: 'with space.jsonl', content: row('a') },
  { name: `it's "quoted".jsonl`, content: row('a') },
];

/** Each file is a dataset of its own, and what is wrong with one must not keep the others from being told. */
function program(cases: readonly Case[]): string {
  const datasets = cases.map(
    ({ name, more = '' }, index) =>
      `Dataset.fromFile(stack, 'd${index}', { path: ${JSON.stringify(name)}, format: 'alpaca', ${more} });\n`,
  );
  return `import { App, Dataset, Stack } from 'cdksft';
const app = new App();
const stack = new Stack(app, 'demo');
${datasets.join('')}app.synth();
`;
}

function make(cases: readonly Case[]): void {
  for (const { name, content } of cases) if (content !== undefined) writeFileSync(place(name), content);
}

test.before(() => {
  mkdirSync(place('folder'));
  spawnSync('mkfifo', [place('pipe.jsonl')]);
  project.write({ 'asks.jinja': '{{ messages[0].content }}\n{{ messages.__class__ }}\n' });
  make([...broken, ...fine]);
});

function findingsOf({ out, err }: Ran): Documents['failure']['findings'] {
  assert.not.equal(out, '', err);
  const failure = JSON.parse(out) as Documents['failure'];
  assert.equal(faultsOf('failure', failure), []);
  return failure.findings;
}

test('sft synth: one finding for each file, with its place; nothing is written', async () => {
  project.write({ 'stacks/demo.ts': program([...broken, ...fine]) });
  // What is known of large files is kept whatever else is wrong.
  const written = () => Object.keys(project.files()).filter((path) => path !== '.sft/files.json');
  const before = written();
  const ran = await sft(project.folder, 'synth', '--json');
  assert.is(ran.code, 65, ran.err);
  const findings = findingsOf(ran);
  for (const [index, { name, id, at, says = /./ }] of [...broken, ...fine].entries()) {
    const own = findings.filter(({ where }) => where.construct === `demo/d${index}`);
    assert.equal(
      own.map((one) => one.id),
      id === undefined ? [] : [id],
      `${name}: ${JSON.stringify(own)}`,
    );
    if (at !== undefined) assert.is(own[0]?.where.path, at, name);
    for (const one of own) {
      assert.match(one.message, says);
      assert.match(one.where.at ?? '', /^stacks\/demo\.ts:\d+:/);
      assert.ok(one.fix !== '');
    }
  }
  assert.equal(written(), before);
});

test('sft data inspect: one message, and the exit code; a file that is fine is gone through', async () => {
  const exits: Readonly<Record<string, number>> = { 'data/unreadable': 64 };
  const files = broken.filter(({ more, id = '' }) => more === undefined && id !== 'data/duplicate-key');
  // What it passes over is a finding among others there.
  const whole = files.filter(({ name }) => !['ragged.csv', 'deep.jsonl', 'new\nline.jsonl'].includes(name));
  const ran = await sideBySide(
    [...whole, ...fine].map(
      ({ name }) =>
        () =>
          sft(project.folder, 'data', 'inspect', name, '--json'),
    ),
  );
  for (const [index, { name, id, at }] of [...whole, ...fine].entries()) {
    const one = ran[index] as Ran;
    if (id === undefined) {
      assert.is(one.code, 0, `${name}: ${one.err}${one.out.slice(0, 500)}`);
      continue;
    }
    const [only, ...more] = findingsOf(one);
    assert.equal([one.code, only?.id, more], [exits[id] ?? 65, id, []], `${name}: ${one.out}`);
    if (at !== undefined) assert.is(only?.where.path, at, name);
  }
});

test('more than 512 MiB: read, and a mistake behind them is told by its line', async () => {
  const line = `${' '.repeat(2 ** 20 - 1)}\n`;
  const many = Buffer.from(line.repeat(54));
  writeFileSync(place('huge.jsonl'), '');
  for (let part = 0; part < 10; part += 1) appendFileSync(place('huge.jsonl'), many);
  appendFileSync(place('huge.jsonl'), `${row('a')}${row('b')}{"instruction": "c"}\n`);
  project.write({ 'stacks/demo.ts': program([{ name: 'huge.jsonl' }]) });
  const ran = await sft(project.folder, 'synth', '--json');
  assert.is(ran.code, 65, ran.err);
  assert.equal(
    findingsOf(ran).map(({ id, where }) => [id, where.path]),
    [['data/missing-column', 'huge.jsonl:543']],
  );
  writeFileSync(place('huge.jsonl'), '');
});

/** As another user than root, who may read everything. */
const other: SpawnOptions = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
const command = join(checkout, 'bin', 'sft.js');

function asOther(args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, args, { ...other, cwd: project.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout?.on('data', (piece) => {
    out += piece;
  });
  child.stderr?.on('data', (piece) => {
    err += piece;
  });
  return new Promise((done) => {
    child.on('error', (error) => done({ code: null, out, err: String(error) }));
    child.on('close', (code) => done({ code, out, err }));
  });
}

test('a file, a template and a folder that this user may not read', async () => {
  const name = 'no permission';
  for (const path of ['.', 'stacks', 'node_modules']) chmodSync(place(path), 0o755);
  const able = await asOther([command, '--version']);
  if (able.code !== 0) return skip(name, `another user cannot run ${command}`);
  project.write({ 'mine.jsonl': row('a'), 'mine.jinja': '{{ messages }}', 'closed/rows.jsonl': row('a') });
  for (const path of ['mine.jsonl', 'mine.jinja', 'closed']) chmodSync(place(path), 0);
  project.write({
    'stacks/demo.ts': program([
      { name: 'mine.jsonl' },
      { name: 'one.jsonl', more: "template: { file: 'mine.jinja' }" },
      { name: 'closed/rows.jsonl' },
    ]),
  });
  const [synth, inspect] = await Promise.all([
    asOther([command, 'synth', '--json']),
    asOther([command, 'data', 'inspect', 'mine.jsonl', '--json']),
  ]);
  for (const path of ['mine.jsonl', 'mine.jinja', 'closed']) chmodSync(place(path), 0o755);
  assert.is(synth.code, 65, synth.err);
  assert.equal(
    findingsOf(synth).map(({ id, message }) => [id, /may not be read by this user/.test(message)]),
    [
      ['data/unreadable', true],
      ['template/unreadable', true],
      ['data/unreadable', true],
    ],
  );
  assert.is(inspect.code, 64, inspect.err);
  assert.match(findingsOf(inspect)[0]?.message ?? '', /^The data file mine\.jsonl may not be read by this user\.$/);
});

test.run();
