/** Whether the secrets that runs name are there: said before anything starts, without their values. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { JsonObject } from '../../lib/base/json.ts';
import type { Job } from '../../lib/manifest.ts';
import { checkSecrets } from '../../lib/targets/local/secrets.ts';
import { job } from '../support/states.ts';

const test = suite<{ folder: string }>('secrets');
test.before.each((it) => {
  it.folder = mkdtempSync(join(tmpdir(), 'sft-secrets-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const canary = 'canarycanary';
const withSettings = (more: JsonObject): Job => ({ ...job(), settings: { ...job().settings, ...more } });

async function told(settings: JsonObject, variables: Record<string, string> = {}) {
  const found = await checkSecrets([withSettings(settings)], (name) => variables[name]);
  assert.not.match(JSON.stringify(found), canary);
  return found.map(({ id, severity, where }) => [id, severity, where.path]);
}

test('a variable: there, empty, or not there', async () => {
  const settings = { environment: { PLAIN: 'x', KEY: { fromEnv: 'MY_KEY' } } };
  assert.equal(await told(settings, { MY_KEY: canary }), []);
  for (const variables of [{}, { MY_KEY: '' }, { MY_KEY: ' ' }])
    assert.equal(await told(settings, variables), [['secret/missing', 'error', 'environment.KEY']]);
});

test('tokens of model and data are asked for too', async () => {
  const token = { fromEnv: 'HF_TOKEN' };
  const settings = { model: { source: 'hub', id: 'a/a', token }, data: { source: 'hub', id: 'b/b', token } };
  assert.equal(await told(settings), [
    ['secret/missing', 'error', 'model.token'],
    ['secret/missing', 'error', 'data.token'],
  ]);
  const run = { source: 'run', run: 'first', use: 'adapter', base: { source: 'hub', id: 'a/a', token } };
  assert.equal(await told({ model: run }), [['secret/missing', 'error', 'model.base.token']]);
  assert.equal(await told({ model: run }, { HF_TOKEN: canary }), []);
});

test('a file: there, absent, a folder, empty, of several lines, or open to others', async ({ folder }) => {
  const path = join(folder, 'key');
  const settings = { environment: { KEY: { fromFile: path } } };
  const missing = [['secret/missing', 'error', 'environment.KEY']];
  assert.equal(await told(settings), missing);
  mkdirSync(path);
  assert.equal(await told(settings), missing);
  rmSync(path, { recursive: true });
  for (const [text, expected] of [
    [`${canary}\n`, []],
    ['\n', missing],
    [`${canary}\n${canary}`, missing],
  ] as const) {
    writeFileSync(path, text, { mode: 0o600 });
    assert.equal(await told(settings), expected);
  }
  writeFileSync(path, canary);
  for (const mode of [0o640, 0o604, 0o666]) {
    chmodSync(path, mode);
    assert.equal(await told(settings), [['secret/mode', 'warning', 'environment.KEY']]);
  }
});

test.run();
