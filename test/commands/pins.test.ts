/** `sft pins` against a server in the Hub's place: asked once, written down, and carried by plans and files. */
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HubStandIn, status } from '../support/hub.ts';
import { programText, rows } from '../support/programs.ts';
import { faultsOf } from '../support/schemas.ts';
import { makeProject, type Project, type Ran, startSft } from '../support/sft.ts';

const [one, two, three] = ['1', '2', '3'].map((digit) => digit.repeat(40)) as [string, string, string];
const token = 'hf_canarycanarycanarycanarycanary01';

const program = programText()
  .replace(/Model\.fromConfig\([\s\S]*?\}\);/, `Model.fromHub(stack, 'base', { id: 'org/base' });`)
  .replace(/Dataset\.fromFile\(.*\);/, `Dataset.fromHub(stack, 'rows', { id: 'org/rows', revision: 'v1.0' });`);
const withFile = programText({ id: 'other' });

interface Case {
  readonly hub: HubStandIn;
  readonly project: Project;
  run(...args: string[]): Promise<Ran>;
  with(env: Record<string, string>, ...args: string[]): Promise<Ran>;
  lock(): Record<string, never> & { models: never; datasets: never };
}

async function inCase(act: (it: Case) => Promise<void>, more: Record<string, string> = {}) {
  const hub = await HubStandIn.open();
  const project = makeProject({ 'rows.json': rows, 'stacks/demo.ts': program, ...more });
  hub.answers.set('/models/org/base/revision/main', one);
  hub.answers.set('/datasets/org/rows/revision/v1.0', two);
  const home = { HF_HOME: join(project.folder, 'hf'), HF_TOKEN: '', HF_ENDPOINT: hub.endpoint };
  const run = (env: Record<string, string>, args: string[]) =>
    startSft(project.folder, args, { ...home, ...env }).ended;
  try {
    await act({
      hub,
      project,
      run: (...args) => run({}, args),
      with: (env, ...args) => run(env, args),
      lock: () => JSON.parse(readFileSync(join(project.folder, 'sft.lock.json'), 'utf8')),
    });
  } finally {
    project.remove();
    await hub.close();
  }
}

test('what is not pinned is told, asked for once, written down, and carried by files and plans', () =>
  inCase(async ({ hub, project, run, lock }) => {
    const loose = await run('plan', '--no-refresh');
    assert.is(loose.code, 0, loose.err);
    assert.match(loose.out, 'warning: 2 inputs are not pinned: dataset org/rows (v1.0), model org/base (main).');
    assert.match(loose.out, 'sft pins');
    const [plan, apply, synth, check] = await Promise.all([
      run('plan', '--no-refresh', '--require-pins'),
      run('apply', '--yes', '--require-pins'),
      run('synth', '--require-pins'),
      run('pins', '--check'),
    ]);
    assert.equal([plan.code, apply.code, synth.code, check.code], [1, 1, 1, 2]);
    assert.match(plan.err, 'error: 2 inputs are not pinned');
    assert.equal(hub.asked, [], 'only sft pins asks the Hub');
    assert.not.ok(Object.keys(project.files()).some((path) => /^(synth|\.sft)\//.test(path)));

    const pinned = await run('pins');
    assert.is(pinned.code, 0, pinned.err);
    assert.match(pinned.out, /new +model +org\/base \(main\) +111111111111\n/);
    assert.equal(
      lock(),
      JSON.parse(
        `{ "//": "Written by sft pins; commit it. docs/pins.md says what it holds.", "format": 1, "files": {},
           "models": { "org/base": { "main": "${one}" } }, "datasets": { "org/rows": { "v1.0": "${two}" } },
           "trainer": "0.1.0" }`,
      ),
    );
    assert.is((await run('synth', '--require-pins')).code, 0);
    const train = JSON.parse(project.files()['synth/demo/sft/train.json'] ?? '');
    assert.equal([train.model.revision, train.data.revision], [one, two]);
    const bytes = project.files()['sft.lock.json'];
    const again = await run('pins', '--json');
    assert.is(hub.asked.length, 2, 'what is pinned is not asked for again');
    assert.is(project.files()['sft.lock.json'], bytes);
    assert.equal(faultsOf('pins', JSON.parse(again.out)), []);
    assert.equal(faultsOf('manifest', JSON.parse(project.files()['synth/demo/manifest.json'] ?? '')), []);
  }));

test('--update asks anew; a saved plan that rested on the old commit is refused, and names it', () =>
  inCase(async ({ hub, run, lock }) => {
    await run('pins');
    assert.is((await run('plan', '--no-refresh', '--out', 'my.plan')).code, 0);
    hub.answers.set('/models/org/base/revision/main', three);
    assert.is((await run('pins')).code, 0);
    assert.equal(lock().models, { 'org/base': { main: one } }, 'a branch that moved does not move the pin');
    const updated = await run('pins', '--update', 'org/base', '--json');
    const [, model] = JSON.parse(updated.out).pins;
    assert.equal(model, { kind: 'model', name: 'org/base', revision: 'main', pin: three, status: 'updated' });
    const stale = await run('apply', 'my.plan');
    assert.is(stale.code, 5, stale.err);
    assert.match(stale.err, 'The pin of model org/base (main) has changed.');
    const misspelt = await run('pins', '--update', 'org/bas');
    assert.is(misspelt.code, 64);
    assert.match(misspelt.err, 'Did you mean "org/base"?');
  }));

test('a data file is pinned by its content', () =>
  inCase(
    async ({ run, project, hub }) => {
      assert.is((await run('pins', 'other')).code, 0);
      assert.equal(hub.asked, [], 'this stack names nothing on the Hub');
      project.write({ 'rows.json': rows.replace('Name', 'Say') });
      const plan = await run('plan', 'other', '--no-refresh');
      assert.match(plan.out, 'warning: rows.json is not the file that is pinned');
      assert.is((await run('pins', '--check', 'other')).code, 2);
      assert.is((await run('pins', 'other', '--update', 'rows.json')).code, 0);
      assert.is((await run('pins', '--check', 'other')).code, 0);
    },
    { 'stacks/other.ts': withFile },
  ));

test('two at once: neither loses what the other pins', () =>
  inCase(
    async ({ run, lock, hub }) => {
      hub.answers.set('/models/org/third/revision/main', three);
      const both = await Promise.all([run('pins', 'demo'), run('pins', 'third')]);
      assert.equal(
        both.map(({ code }) => code),
        [0, 0],
        both.map(({ err }) => err).join('\n'),
      );
      assert.equal(lock().models, { 'org/base': { main: one }, 'org/third': { main: three } });
    },
    { 'stacks/third.ts': program.replace("'demo'", "'third'").replace('org/base', 'org/third') },
  ));

test('each answer that is none has its message; what the others told is kept, and the token is never told', () =>
  inCase(async ({ hub, project, with: run, lock }) => {
    const model = '/models/org/base/revision/main';
    const said: string[] = [];
    const cases: [string, (response: never) => void, RegExp][] = [
      ['hub/refused', status(401), /\(401\)[\s\S]*private or gated/],
      ['hub/refused', status(403, '{"error":"gated"}'), /with the token that is set \(403\)/],
      ['hub/missing', status(404), /no model org\/base with a revision main/],
      ['hub/busy', status(429), /asks to wait/],
      ['hub/failed', status(500), /answered 500/],
      ['hub/no-commit', status(200), /is no Hub/],
      ['hub/no-commit', status(200, `{"sha":"main"}`), /names no commit/],
      ['hub/unreachable', () => undefined, /did not answer in time/],
    ];
    for (const [id, answer, words] of cases) {
      hub.answers.set(model, answer as never);
      const { code, out, err } = await run({ HF_TOKEN: token, HF_HUB_ETAG_TIMEOUT: '1' }, 'pins', '--json');
      said.push(out, err);
      assert.is(code, 1, err);
      const { findings } = JSON.parse(out);
      assert.is(findings[0].id, id);
      assert.match(findings[0].message, words);
    }
    assert.equal(lock().datasets, { 'org/rows': { 'v1.0': two } }, 'what could be told is kept');
    assert.equal(lock().models, {});
    assert.ok(hub.asked.every(({ authorization }) => authorization === `Bearer ${token}`));
    await hub.close();
    const gone = await run({ HF_TOKEN: token }, 'pins');
    assert.match(gone.err, /could not be asked for model org\/base: ECONNREFUSED/);
    assert.not.match([...said, gone.err, gone.out, ...Object.values(project.files())].join('\n'), /canarycanary/);
  }));

test('a misspelt id: the nearest that the Hub has, of the same owner or of the same name', () =>
  inCase(async ({ hub, run }) => {
    const list = (...ids: string[]) => status(200, JSON.stringify(ids.map((id) => ({ id }))));
    const hint = async () => JSON.parse((await run('pins', '--json')).out).findings[0].fix as string;
    hub.answers.set('/models/org/base/revision/main', status(404));
    hub.answers.set('/models?author=org&limit=200', list('org/basis', 'org/bases', 'org/other'));
    assert.match(await hint(), 'Did you mean "org/bases"?');
    hub.answers.set('/models?search=base&limit=200', list('orgs/base', 'else/base-large'));
    hub.answers.set('/models?author=org&limit=200', list('org/far-away'));
    hub.answers.set('/models/org/base/revision/main', status(401));
    assert.match(await hint(), 'Did you mean "orgs/base"?');
    // It has that one: the revision is what is wrong.
    hub.answers.set('/models?author=org&limit=200', list('org/base', 'org/bases'));
    assert.not.match(await hint(), 'Did you mean');
    hub.answers.set('/models?author=org&limit=200', status(200, 'no list'));
    hub.answers.set('/models?search=base&limit=200', status(500));
    assert.not.match(await hint(), 'Did you mean');
  }));

test('the token of hf auth login is used', () =>
  inCase(async ({ hub, project, run }) => {
    project.write({ 'hf/token': `${token}\n` });
    assert.is((await run('pins')).code, 0);
    assert.ok(hub.asked.every(({ authorization }) => authorization === `Bearer ${token}`));
  }));

test('a lock file that cannot be read stops every command and is left as it is', () =>
  inCase(async ({ project, run, hub }) => {
    const texts = ['<<<<<<< HEAD\n{}\n', '{ "format": 2 }', '{ "format": 1, "models": { "a": { "main": "v1" } } }'];
    for (const [index, text] of texts.entries()) {
      project.write({ 'sft.lock.json': text });
      const ran = await Promise.all([run('plan', '--no-refresh'), run('pins'), run('synth')]);
      for (const { code, err } of ran) {
        assert.ok(code === 65 || code === 1, err);
        assert.match(err, ['marks of a merge', 'format 2', 'no commit of 40 digits'][index] ?? '');
      }
      assert.is(project.files()['sft.lock.json'], text);
    }
    assert.equal(hub.asked, []);
    project.write({ 'sft.lock.json': '{ "format": 1 }' });
    chmodSync(join(project.folder, 'sft.lock.json'), 0o644);
    assert.is((await run('synth')).code, 0);
  }));

test.run();
