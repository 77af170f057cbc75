/** Which files a plan changes, and how: from what was applied, kept beside the state. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { program, StandIn } from '../support/stand-in.ts';

const test = suite('file differences');

test('folded, opened, saved, as hashes in JSON; told where what was applied is gone', async () => {
  const it = await StandIn.make(program('logging: 1,'));
  try {
    assert.not.match((await it.sft('plan')).out, /files change/);
    assert.is((await it.sft('apply', '--yes')).code, 0);
    it.project.write({ 'stacks/demo.ts': program('logging: 5,') });
    const [folded, opened, json] = await Promise.all([
      it.sft('plan'),
      it.sft('plan', '--files', '--out', 'p.json'),
      it.sft('plan', '--json'),
    ]);
    assert.match(folded.out, /files change: train\.json \(--files shows how\)/);
    assert.not.match(folded.out, /^@@/m);
    assert.match(opened.out, /^--- a\/sft\/train\.json$[\s\S]*^- +"logging_steps": 1,$\n^\+ +"logging_steps": 5,$/m);
    const run = JSON.parse(json.out).resource_changes.find((one: { address: string }) => one.address === 'sft');
    assert.equal(
      run.sft.files.map((file: { path: string }) => file.path),
      ['train.json'],
    );
    assert.match(run.sft.files[0].before, /^[0-9a-f]{64}$/);
    const shown = await it.sft('show', '--files', 'p.json');
    assert.is(shown.out, opened.out);
    assert.is((await it.sft('apply', '--yes')).code, 0);
    const files = join(it.states, 'files');
    assert.is(readdirSync(files).length, 2, 'the state before can still be compared with');
    it.project.write({ 'stacks/demo.ts': program('logging: 7,') });
    rmSync(files, { recursive: true });
    assert.match((await it.sft('plan')).out, /files change: which is not known, what was applied was not kept/);
    assert.match((await it.sft('plan', '--files')).out, /^# sft: what was applied was not kept/m);
  } finally {
    await it.remove();
  }
});

test.run();
