import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { neededAfter, readState, stateText } from '../../lib/state/state.ts';
import { FileStore } from '../../lib/state/store.ts';
import { refused } from '../support/refused.ts';
import { stateOf } from '../support/states.ts';

const free = () => undefined;

function place(): { folder: string; store: FileStore; done: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'sft-store-'));
  return { folder, store: new FileStore(folder), done: () => rmSync(folder, { recursive: true, force: true }) };
}

test('what is written is read back, and twice the same bytes', async () => {
  const { folder, store, done } = place();
  assert.is(await store.read(), undefined);
  const state = stateOf(1);
  await store.write(state, free);
  assert.equal(await store.read(), state);
  assert.is(readFileSync(join(folder, '1.json'), 'utf8'), stateText(state));
  done();
});

test('ten are kept', async () => {
  const { folder, store, done } = place();
  for (let serial = 1; serial <= 13; serial++) await store.write(stateOf(serial), free);
  assert.equal(store.serials(), [13, 12, 11, 10, 9, 8, 7, 6, 5, 4]);
  assert.is(readdirSync(folder).length, 10);
  done();
});

test('a serial is written once, also a pruned one: exit 5', async () => {
  const { store, done } = place();
  for (let serial = 1; serial <= 12; serial++) await store.write(stateOf(serial), free);
  for (const serial of [12, 7, 1]) assert.is((await refused(store.write(stateOf(serial), free))).exit, 5);
  done();
});

test('a fence that throws leaves nothing written', async () => {
  const { folder, store, done } = place();
  const fence = () => {
    throw new Error('lost');
  };
  try {
    await store.write(stateOf(1), fence);
    assert.unreachable();
  } catch (caught) {
    assert.is((caught as Error).message, 'lost');
  }
  assert.equal(readdirSync(folder), []);
  done();
});

const spoilt: Readonly<Record<string, (text: string) => string>> = {
  'cut short': (text) => text.slice(0, -20),
  empty: () => '',
  'a byte changed': (text) => text.replace('"sft/1"', '"sft/2"'),
  'byte order mark': (text) => `\uFEFF${text}`,
  'merge markers': (text) => `<<<<<<< ours\n${text}=======\n${text}>>>>>>> theirs\n`,
  'hash changed': (text) =>
    text.replace(/"hash": "./, (head) => `${head.slice(0, -1)}${head.endsWith('0') ? '1' : '0'}`),
  zeros: (text) => '\0'.repeat(text.length),
  'no newline at its end': (text) => text.trimEnd(),
  "another state's bytes": () => stateText(stateOf(1)),
};

for (const [name, spoil] of Object.entries(spoilt))
  test(`damaged newest state (${name}): left as it is, the newest whole one is named`, async () => {
    const { folder, store, done } = place();
    await store.write(stateOf(1), free);
    await store.write(stateOf(2), free);
    const path = join(folder, '2.json');
    writeFileSync(path, spoil(readFileSync(path, 'utf8')));
    const before = readFileSync(path, 'utf8');
    const error = await refused(store.read());
    assert.is(error.exit, 1);
    assert.is(error.findings[0]?.id, 'state/corrupt');
    assert.match(error.findings[0]?.fix ?? '', `${join(folder, '1.json')}`);
    assert.match(error.findings[0]?.fix ?? '', `mv ${path} ${path}.bad`);
    assert.is((await refused(store.write(stateOf(2), free))).exit, 5);
    assert.is(readFileSync(path, 'utf8'), before);
    done();
  });

test('a newer format is refused, naming the version that wrote it', async () => {
  const { folder, store, done } = place();
  writeFileSync(join(folder, '1.json'), stateText({ ...stateOf(1), format: 2 as 1, tool: '9.8.7' }));
  const error = await refused(store.read());
  assert.is(error.findings[0]?.id, 'state/newer');
  assert.match(error.findings[0]?.message ?? '', /format 2, written by cdksft 9\.8\.7/);
  done();
});

test('what a later version adds does not disturb', () => {
  const read = readState(stateText({ ...stateOf(1), more: 1 } as ReturnType<typeof stateOf>));
  assert.is(read.kind, 'state');
});

const racer = `
import { existsSync } from 'node:fs';
import { FileStore } from ${JSON.stringify(new URL('../../lib/state/store.ts', import.meta.url).href)};
const [folder, text] = process.argv.slice(1);
const state = JSON.parse(text);
const store = new FileStore(folder);
process.stdout.write('ready');
process.stdin.once('data', async () => {
  let won = 0;
  for (let serial = 1; serial <= 40; serial++)
    await store.write({ ...state, serial, lineage: String(process.pid) }, () => {}).then(() => won++, () => {});
  process.stdout.write(' ' + won);
  process.exit();
});`;

test('two processes write the same serials: each is written by exactly one', async () => {
  const { folder, store, done } = place();
  const racers = [1, 2].map(() => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', racer, folder, JSON.stringify(stateOf(1))]);
    let output = '';
    let problems = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      problems += data;
    });
    const ready = new Promise((resolve) => child.stdout.once('data', resolve));
    const ended = new Promise<number>((resolve) =>
      child.on('close', () => resolve(Number(/ready (\d+)/.exec(output)?.[1] ?? Number.NaN))),
    );
    return { child, ready, ended, problems: () => problems };
  });
  await Promise.all(racers.map((each) => each.ready));
  for (const { child } of racers) child.stdin.write('go');
  const wins = await Promise.all(racers.map((each) => each.ended));
  assert.is(racers.map((each) => each.problems()).join(''), '');
  assert.is((wins[0] ?? 0) + (wins[1] ?? 0), 40);
  assert.is((await store.read())?.serial, 40);
  assert.is(readdirSync(folder).filter((name) => name.endsWith('.tmp')).length, 0);
  done();
});

test('what the oldest kept state still needs of the journal: also the starts before its line that are unknown', async () => {
  const { folder, store, done } = place();
  await store.write({ ...stateOf(1), journal: 40 }, free);
  assert.is(store.oldestJournal(), 40);
  rmSync(join(folder, '1.json'));
  await store.write({ ...stateOf(2), journal: 40, open: [7, 12] }, free);
  assert.is(store.oldestJournal(), 6);
  assert.is(neededAfter(await store.read()), 6);
  rmSync(join(folder, '2.json'));
  const many = Array.from({ length: 1000 }, (_, index) => index + 7);
  await store.write({ ...stateOf(3), journal: 2000, open: many }, free);
  assert.is(store.oldestJournal(), 0, 'more than is read of it: nothing is removed');
  done();
});

test.run();
