/** States and journals that are cut, zeroed, merged, edited: never overwritten, and the message leads back. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readOffline } from '../../lib/cli/offline.ts';
import { UserError } from '../../lib/errors.ts';
import { journalFiles, readJournal } from '../../lib/state/journal-files.ts';
import { FileStore } from '../../lib/state/store.ts';
import { effort } from '../support/effort.ts';
import { program, StandIn } from '../support/stand-in.ts';

const test = suite('damage');

/** Two states, and a run that lives. */
async function applied(): Promise<StandIn> {
  const it = await StandIn.make(program());
  for (const words of [
    ['apply', '--yes'],
    ['state', 'mv', 'sft', 'other'],
    ['state', 'mv', 'other', 'sft'],
  ]) {
    const { code, err } = await it.sft(...words);
    assert.is(code, 0, err);
  }
  return it;
}

const newest = (folder: string) => new FileStore(folder).paths()[0] ?? '';
const bytesBelow = (folder: string) =>
  JSON.stringify(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/lock/.test(entry.parentPath))
      .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'latin1')])
      .sort(),
  );

async function refusal(folder: string): Promise<UserError | undefined> {
  try {
    await readOffline(folder);
    return undefined;
  } catch (caught) {
    assert.instance(caught, UserError, String(caught));
    return caught as UserError;
  }
}

/** The command that the message names: from `mv` to the end of its quoted words. */
function commandOf(text: string): string {
  const found = /mv ('(?:[^']|'\\'')*'|[^\s']+) ('(?:[^']|'\\'')*'|[^\s'.),]+(?:\.[^\s'.),]+)*)/.exec(text)?.[0];
  assert.ok(found, `no command in: ${text}`);
  return found ?? '';
}

/** A copy of a stack's folder of states, to be damaged in this process. */
async function onCopies(it: StandIn, act: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sft damage '));
  cpSync(it.states, folder, { recursive: true });
  try {
    await act(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a state cut at each of its last 200 bytes: refused, and the command that is named goes back', async () => {
  const it = await applied();
  try {
    await onCopies(it, async (folder) => {
      const path = newest(folder);
      const whole = readFileSync(path);
      for (let cut = 1; cut <= 200; cut++) {
        writeFileSync(path, whole.subarray(0, whole.length - cut));
        const before = bytesBelow(folder);
        const error = await refusal(folder);
        assert.is(error?.findings[0]?.id, 'state/corrupt', `cut by ${cut}`);
        assert.match(error?.findings[0]?.fix ?? '', join(folder, '2.json'));
        assert.is(bytesBelow(folder), before, `cut by ${cut}`);
      }
      const error = await refusal(folder);
      assert.is(spawnSync('sh', ['-c', commandOf(error?.findings[0]?.fix ?? '')]).status, 0);
      assert.is(await refusal(folder), undefined);
    });
  } finally {
    await it.remove();
  }
});

test('a journal cut at each of its last 200 bytes: what is whole is read; a changed byte: refused', async () => {
  const it = await applied();
  try {
    await onCopies(it, async (folder) => {
      const path = journalFiles(folder)[0]?.path ?? '';
      const whole = readFileSync(path);
      const lines = whole.toString().trimEnd().split('\n').length;
      rmSync(join(folder, 'journal'), { recursive: true });
      cpSync(join(it.states, 'journal'), join(folder, 'journal'), { recursive: true });
      for (const { path: other } of journalFiles(folder).slice(1)) rmSync(other);
      for (let cut = 1; cut <= 200; cut++) {
        const rest = whole.subarray(0, whole.length - cut);
        for (const filler of ['', '\0'.repeat(cut)]) {
          writeFileSync(path, Buffer.concat([rest, Buffer.from(filler)]));
          const { entries } = readJournal(folder, 0);
          assert.is(entries.length, rest.toString().split('\n').length - 1, `cut by ${cut}`);
          assert.ok(entries.length < lines);
        }
        const changed = Buffer.from(whole);
        const at = whole.length - 1 - cut;
        changed[at] = (whole[at] ?? 0) ^ 1;
        writeFileSync(path, changed);
        const before = bytesBelow(folder);
        try {
          readJournal(folder, 0);
          assert.unreachable(`a changed byte, ${cut} before the last, was taken for whole`);
        } catch (caught) {
          assert.instance(caught, UserError, String(caught));
          assert.is((caught as UserError).findings[0]?.id, 'state/journal-corrupt');
        }
        assert.is(bytesBelow(folder), before);
      }
    });
  } finally {
    await it.remove();
  }
});

type Damage = (text: string) => string;

const toStates: Readonly<Record<string, Damage>> = {
  'cut by 1': (text) => text.slice(0, -1),
  'cut by 150': (text) => text.slice(0, -150),
  zeroed: (text) => '\0'.repeat(text.length),
  empty: () => '',
  'byte order mark': (text) => `\uFEFF${text}`,
  'merge markers': (text) => `<<<<<<< ours\n${text}=======\n${text}>>>>>>> theirs\n`,
  'wrong hash': (text) => text.replace(/"hash": "./, (head) => `${head.slice(0, -1)}${head.endsWith('0') ? '1' : '0'}`),
};

const toJournals: Readonly<Record<string, Damage>> = {
  'a byte changed': (text) => text.replace('"apply-begin"', '"apply-begim"'),
  'byte order mark': (text) => `\uFEFF${text}`,
  'merge markers': (text) => `<<<<<<< ours\n${text}=======\n${text}>>>>>>> theirs\n`,
  'a line taken out': (text) => text.split('\n').toSpliced(1, 1).join('\n'),
};

/** Each command refuses and changes nothing; then the one that is named; then each works, and nothing is to be done. */
async function refusedThenMended(it: StandIn, what: string, id: string, names: RegExp): Promise<void> {
  const before = bytesBelow(it.states);
  let told = '';
  for (const words of [['plan'], ['apply', '--yes'], ['state', 'list']]) {
    const { code, err } = await it.sft(...words);
    assert.is(code, 1, `${what}, ${words}: ${err}`);
    assert.match(err, `[${id}]`);
    assert.match(err, names, `${what}, ${words}`);
    assert.is(bytesBelow(it.states), before, `${what}, ${words}`);
    told = err;
  }
  const mended = spawnSync('sh', ['-c', commandOf(told)], { cwd: it.folder, encoding: 'utf8' });
  assert.is(mended.status, 0, mended.stderr);
  assert.is((await it.sft('apply', '--yes')).code, 0, what);
  const plan = await it.sft('plan', '--detailed-exitcode');
  assert.is(plan.code, 0, `${what}: ${plan.out}${plan.err}`);
  assert.match((await it.sft('state', 'list')).out, /demo\/sft .*attempts: 1/);
  assert.is(it.starts().length, 1, what);
}

const some = <T>(all: readonly T[]) => all.filter((_, index) => index % effort(4, 1) === 0);

test('through the command, states: the newest whole one is named, and the way back to it works', async () => {
  const it = await applied();
  try {
    await it.awaitStarts(1);
    for (const [what, damage] of some(Object.entries(toStates))) {
      const [path = '', good = ''] = new FileStore(it.states).paths();
      writeFileSync(path, damage(readFileSync(path, 'utf8')));
      const names = new RegExp(`newest whole one is \\S*${good.split('/').at(-1)?.replace('.', '\\.')}`);
      await refusedThenMended(it, what, 'state/corrupt', names);
      // Two states again.
      for (const [from, to] of [
        ['sft', 'other'],
        ['other', 'sft'],
      ] as const)
        assert.is((await it.sft('state', 'mv', from, to)).code, 0);
    }
  } finally {
    await it.remove();
  }
});

test('through the command, journals that are needed: refused, moved away, and the run is found again', async () => {
  for (const [what, damage] of some(Object.entries(toJournals))) {
    const it = await StandIn.make(program());
    try {
      // After the start, before a state that includes it.
      const { ended } = it.start(['apply', '--yes'], { SFT_CRASH_AT: '10' });
      await ended;
      const path = journalFiles(it.states)[0]?.path ?? '';
      writeFileSync(path, damage(readFileSync(path, 'utf8')));
      await refusedThenMended(it, what, 'state/journal-corrupt', /is damaged in line \d/);
    } finally {
      await it.remove();
    }
  }
});

test.run();
