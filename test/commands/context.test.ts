/** `-c KEY=VALUE` through the real command, and by `node` alone. */
import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { programText, rows } from '../support/programs.ts';
import { makeProject, sft, startSft } from '../support/sft.ts';

const program = programText({
  run: `tags: { size: app.context('size') ?? 'none', region: app.environment('REGION') ?? '' },`,
});
const project = makeProject({ 'stacks/demo.ts': program, 'rows.json': rows });
test.after(() => project.remove());

const manifest = () => JSON.parse(project.files()['synth/demo/manifest.json'] ?? '{}');
const job = () => manifest().resources.at(-1).settings.tags;

test('synth hands it to the program; manifest and plan say so', async () => {
  const made = await startSft(project.folder, ['synth', '-c', 'size=large', '--context', 'size=huge=1'], {
    REGION: 'north',
  }).ended;
  assert.is(made.code, 0, made.err);
  assert.equal(job(), { size: 'huge=1', region: 'north' });
  assert.equal(manifest().context, { size: 'huge=1' });
  assert.match(manifest().environment.REGION, /^[0-9a-f]{12}$/);
  const plan = await sft(project.folder, 'plan', '--no-refresh', '-c', 'size=small');
  assert.match(plan.out, /^ {2}context {5}size=small$/m);
  assert.match(plan.out, /^ {2}environment REGION \(not set\)$/m);
  const json = await sft(project.folder, 'plan', '--no-refresh', '--json', '-c', 'size=small');
  assert.equal(JSON.parse(json.out).stacks[0].context, { size: 'small' });
});

test('a saved plan takes none; validate names the nearest key', async () => {
  const saved = await sft(project.folder, 'plan', '--no-refresh', '--out', 'p.plan');
  assert.is(saved.code, 0, saved.err);
  const applied = await sft(project.folder, 'apply', 'p.plan', '-c', 'size=small');
  assert.is(applied.code, 64);
  assert.match(applied.err, /context\/saved-plan/);
  const checked = await sft(project.folder, 'validate', '-c', 'sze=small');
  assert.is(checked.code, 65);
  assert.match(checked.out, /context\/unknown[\s\S]*Did you mean "size"\?/);
});

test('a token is told without its value, and nothing is written', async () => {
  const before = project.files();
  const canary = `hf_${'c'.repeat(24)}`;
  for (const key of ['size', 'sze']) {
    const made = await sft(project.folder, 'synth', '-c', `${key}=${canary}`);
    assert.is(made.code, 65);
    assert.not.match(made.out + made.err, canary);
    if (key === 'size')
      assert.match(made.err, /context value size holds[^\n]*\[secret\/written\][\s\S]*secret\.fromEnv/);
  }
  assert.equal(project.files(), before);
});

test('node alone reads none unless SFT_CONTEXT gives it; a broken one is told', () => {
  const node = (env: Record<string, string>) =>
    spawnSync(process.execPath, ['--conditions=cdksft-source', 'stacks/demo.ts'], {
      cwd: project.folder,
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
  assert.is(node({}).status, 0, node({}).stderr);
  assert.is(job().size, 'none');
  assert.is(node({ SFT_CONTEXT: '{"size":"small"}' }).status, 0);
  assert.is(job().size, 'small');
  const broken = node({ SFT_CONTEXT: 'size=small' });
  assert.is.not(broken.status, 0);
  assert.match(broken.stderr, /SFT_CONTEXT holds no JSON object of texts/);
});

test.run();
