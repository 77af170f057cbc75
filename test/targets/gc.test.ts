/** What lies in a workspace on this disk, and how it goes: at once, safe to kill, safe to do twice and by two. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { survey, type Wanted } from '../../lib/apply/unused.ts';
import { sha256 } from '../../lib/base/hash.ts';
import { ownRecord } from '../../lib/targets/local/liveness.ts';
import { localTarget } from '../../lib/targets/local/target.ts';
import type { Discarding, Stored } from '../../lib/targets/stored.ts';
import type { Target } from '../../lib/targets/target.ts';
import { trainerFolder, trainerWheel } from '../../lib/targets/wheel.ts';
import { age, all, build, bundle, fill, hex, link, put } from '../support/old-workspace.ts';

const test = suite<{ root: string; target: Target }>('gc of a workspace on this machine');
const wheel = trainerWheel(trainerFolder());
const wanted: Wanted = {
  environments: new Set(),
  bundles: new Set(),
  data: new Set(),
  weights: new Set(),
  sources: new Set(),
  trainer: wheel.sha256,
};

test.before.each((it) => {
  it.root = realpathSync(mkdtempSync(join(tmpdir(), 'sft gc ')));
  const manifest = { format: 1, stack: 's', program: '', resources: [], findings: [], files: [] } as const;
  it.target = localTarget({
    project: it.root,
    workspace: '.',
    trainer: wheel,
    python: 'python3',
    sources: new Map(),
    manifest,
  });
});
test.after.each(({ root }) => rmSync(root, { recursive: true, force: true }));

const now = () => Date.now() / 1000;
const how = (more: Partial<Discarding> = {}): Discarding => ({
  untouchedSince: now() - 3600,
  step: () => undefined,
  ...more,
});

async function unusedIn(target: Target): Promise<readonly Stored[]> {
  return survey(await target.inventory(), wanted, now()).unused;
}

test('all that is ours is listed with its size; what is not ours is not', async ({ root, target }) => {
  fill(root);
  const half = `data/${hex('d')}.elsewhere.7.01234567`;
  put(root, { [`${half}/train.jsonl`]: '' });
  const { stored, using } = await target.inventory();
  assert.equal(using, []);
  assert.equal(stored.map(({ path }) => path).sort(), [...all, half].sort());
  const environment = stored.find(({ path }) => path === link);
  assert.is(environment?.build, build);
  assert.is(environment?.bytes, 2 + 8 + lstatSync(join(root, link)).size);
  assert.is(stored.find(({ path }) => path === bundle)?.trainer, sha256('w'));
  assert.is(stored.find(({ path }) => path === half)?.maker, 'unknown');
});

test('it goes, with the trash and empty folders of sources; what is not ours stays', async ({ root, target }) => {
  fill(root);
  const discarded = await target.discard(await unusedIn(target), how());
  assert.equal(
    discarded.map(({ path, outcome }) => [path, outcome]).sort(),
    all.map((path) => [path, 'removed']),
  );
  assert.equal(await unusedIn(target), []);
  assert.not.ok(existsSync(join(root, 'trash')));
  assert.equal(readdirSync(join(root, 'sources')), ['README']);
  assert.equal(readdirSync(join(root, 'environments')), ['mine']);
  assert.ok(existsSync(join(root, 'data/my-own.json')) && existsSync(join(root, 'notes.txt')));
  assert.equal(readdirSync(join(root, 'tokenizers')), ['my-own.json']);
});

/** No name that stands for something whole leads to a part of it. */
function checkWhole(root: string, where: string): void {
  const at = (path: string) => existsSync(join(root, path));
  if (at(link)) assert.ok(at(`${link}/environment.json`) && at(`${link}/bin/python`), where);
  if (at(bundle)) assert.ok(at(`${bundle}/files.json`), where);
  for (const folder of [`data/${hex('d')}`, `weights/${hex('0')}`, `tokens/${hex('7')}`, `tokenizers/${hex('8')}`])
    if (at(folder)) assert.ok(at(`${folder}/manifest.json`), where);
}

test('killed at each step, nothing half-removed has its name; the next one does the rest', async ({ root, target }) => {
  class Killed extends Error {}
  let met = 0;
  for (let k = 1; ; k++) {
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root);
    fill(root);
    let steps = 0;
    const step = () => {
      steps += 1;
      if (steps === k) throw new Killed();
    };
    const killed = await target.discard(await unusedIn(target), how({ step })).then(
      () => false,
      (caught) => {
        if (!(caught instanceof Killed)) throw caught;
        return true;
      },
    );
    checkWhole(root, `step ${k}`);
    if (!killed) break;
    met += 1;
    // The process that did it is this one, which lives: as a dead one's, it is another's by its start.
    for (const name of readdirSync(join(root, 'trash')))
      put(root, { [`trash/${name}/gc.json`]: { ...(await ownRecord()), pid_start: 1 } });
    const left = await target.discard(await unusedIn(target), how());
    assert.ok(
      left.every(({ outcome }) => outcome === 'removed'),
      `step ${k}`,
    );
    assert.equal(await unusedIn(target), [], `step ${k}`);
    assert.not.ok(existsSync(join(root, 'trash')), `step ${k}`);
  }
  assert.is(met, 2 * all.length + 1, 'two steps a thing, and three for a link and its build');
});

test('what is touched between the look and the rename stays, or comes back', async ({ root, target }) => {
  fill(root);
  const things = (await unusedIn(target)).filter(({ path }) => [link, bundle].includes(path));
  let steps = 0;
  const touch = (path: string) => utimesSync(join(root, path), new Date(), new Date());
  const step = () => {
    steps += 1;
    // Just before the bundle is moved; and the build, when its link is in the trash already.
    if (steps === 1) touch(bundle);
    if (steps === 3) touch(build);
  };
  const discarded = await target.discard(things, how({ step }));
  assert.equal(
    discarded.map(({ outcome }) => outcome),
    ['busy', 'busy'],
  );
  assert.is(steps, 3);
  checkWhole(root, 'touched');
  assert.ok(existsSync(join(root, link)) && existsSync(join(root, bundle)));
});

test('a link that leads to a newer build by now stays', async ({ root, target }) => {
  fill(root);
  const things = (await unusedIn(target)).filter(({ path }) => path === link);
  const newer = `${hex('e')}-py3.12.abd-00000000`;
  const step = () => {
    if (existsSync(join(root, 'environments', newer))) return;
    put(root, { [`environments/${newer}/environment.json`]: '{}', [`environments/${newer}/bin/python`]: '' });
    rmSync(join(root, link));
    symlinkSync(newer, join(root, link));
  };
  assert.equal(await target.discard(things, how({ step })), [{ path: link, outcome: 'busy' }]);
  checkWhole(root, 'newer');
  assert.ok(existsSync(join(root, link, 'environment.json')));
});

test('two at once: each thing goes, neither fails, and no trash is left', async ({ root, target }) => {
  for (let turn = 0; turn < 20; turn++) {
    rmSync(root, { recursive: true });
    fill(root);
    const things = await unusedIn(target);
    const both = await Promise.all([target.discard(things, how()), target.discard([...things].reverse(), how())]);
    assert.ok(
      both.flat().every(({ outcome }) => outcome !== 'failed'),
      JSON.stringify(both),
    );
    assert.equal(await unusedIn(target), []);
    assert.not.ok(existsSync(join(root, 'trash')));
  }
});

test('builders: one that lives keeps its folder and all that is whole; a dead one’s goes at once', async ({
  root,
  target,
}) => {
  fill(root);
  const half = `environments/${hex('a')}-py3.12.abc-00000000`;
  put(root, { [`${half}/builder.json`]: await ownRecord(), [`${half}/bin/pip`]: '' });
  assert.equal(
    (await unusedIn(target)).map(({ kind }) => kind),
    ['unfinished'],
    'the bundle that nobody is making any more',
  );
  put(root, { [`${half}/builder.json`]: { ...(await ownRecord()), pid_start: 1 } });
  assert.ok((await unusedIn(target)).some(({ path }) => path === half));
  const host = hostname().replace(/[^\p{L}\p{N}]/gu, '-');
  const prepared = `data/${hex('a')}.${host}.${process.pid}.01234567`;
  put(root, { [`${prepared}/train.jsonl`]: '' });
  assert.not.ok((await unusedIn(target)).some(({ path }) => path === prepared || path === bundle));
});

const run = (n: number) => `runs/sft--${hex('1')}/attempts/${n}`;
const uses = (folder: string) => ({
  bundle: join(folder, bundle),
  environment: join(folder, build),
  data: [hex('d', 64)],
  weights: [hex('0', 64)],
  sources: [`${hex('5', 64)}/rows.json`],
});

test('runs: the newest attempt counts, an older one only while it lives; a claim that says nothing keeps all', async ({
  root,
  target,
}) => {
  fill(root);
  const own = await ownRecord();
  put(root, {
    [`${run(1)}/claim.json`]: { ...own, uses: uses('/elsewhere') },
    [`${run(1)}/tokens.json`]: { key: hex('7', 64), sign: '1-1' },
    [`${run(1)}/loaded-tokenizer.json`]: { key: hex('8', 64) },
    [`${run(1)}/end.json`]: { cause: 'done' },
  });
  const left = ['unfinished', 'trainer'];
  assert.equal((await unusedIn(target)).map(({ kind }) => kind).sort(), left.sort());
  put(root, {
    [`${run(2)}/claim.json`]: { ...own, uses: { ...uses('/x'), bundle: hex('c'), weights: [] } },
    [`${run(2)}/end.json`]: { cause: 'done' },
  });
  assert.equal(
    (await unusedIn(target)).map(({ kind }) => kind),
    ['bundle', 'unfinished', 'trainer', 'weights'],
  );
  rmSync(join(root, run(1), 'end.json'));
  assert.equal((await unusedIn(target)).map(({ kind }) => kind).sort(), left, 'attempt 1 lives');
  put(root, { [`${run(2)}/claim.json`]: own });
  assert.equal(
    (await unusedIn(target)).map(({ kind }) => kind),
    ['unfinished'],
  );
  const { silent } = survey(await target.inventory(), wanted, now());
  assert.equal(silent, [run(2)]);
});

/** What an attempt can say only when it has loaded its tokenizer: kind, file, and the digit of what `fill` puts there. */
const told = [
  ['tokens', 'tokens.json', '7'],
  ['tokenizer', 'loaded-tokenizer.json', '8'],
] as const;

for (const [kind, file, digit] of told)
  test(`${kind}: what the newest attempt that says it names; before any has, nothing`, async ({ root, target }) => {
    fill(root);
    const unused = async () => (await unusedIn(target)).some((each) => each.kind === kind);
    const attempt = async (n: number, more: Readonly<Record<string, unknown>> = {}) =>
      put(root, { [`${run(n)}/claim.json`]: { ...(await ownRecord()), uses: uses('/x') }, ...more });
    await attempt(1);
    assert.ok(await unused());
    put(root, { [`${run(1)}/${file}`]: { key: hex(digit, 64) } });
    assert.not.ok(await unused());
    await attempt(2);
    assert.not.ok(await unused(), 'attempt 2 has not loaded its tokenizer yet');
    put(root, { [`${run(2)}/${file}`]: { key: hex('6', 64) } });
    assert.ok(await unused());
    const host = hostname().replace(/[^\p{L}\p{N}]/gu, '-');
    const half = `${kind === 'tokens' ? kind : 'tokenizers'}/${hex('a')}.${host}.4194304.01234567`;
    put(root, { [`${half}/train.arrow`]: '' });
    assert.ok(
      (await unusedIn(target)).some(({ path }) => path === half),
      'its maker was killed',
    );
  });

test('an attempt’s folder without a claim: it may be beginning; once it is old, nothing ever began there', async ({
  root,
  target,
}) => {
  fill(root);
  mkdirSync(join(root, run(1)), { recursive: true });
  assert.equal((await target.inventory()).using, [{ attempt: run(1), lives: true }]);
  age(join(root, 'runs'));
  assert.equal((await target.inventory()).using, []);
});

test.run();
