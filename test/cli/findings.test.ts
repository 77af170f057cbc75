/** Findings as the command tells them: with the lines of the program, and to GitHub. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { programText, rows } from '../support/programs.ts';
import { makeProject, startSft } from '../support/sft.ts';

test('validate, synth and plan show the lines of the user’s stack, and annotate on GitHub alone', async () => {
  const project = makeProject({ 'rows.json': rows, 'team/package.json': '{}', 'team/rows.json': rows });
  project.write({ 'team/stacks/demo.mts': programText({ run: 'epochs: -1,' }) });
  const folder = join(project.folder, 'team');
  const github = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: project.folder };
  const frame = /> 12 \| {3}epochs: -1,\n {7}\| {3}\^\n {4}13 \|/;
  const command = /^::error file=team\/stacks\/demo\.mts,line=12,col=3,title=setting\/invalid::epochs .*%0A/m;
  try {
    const [validate, json, synth, plan, alone] = await Promise.all([
      startSft(folder, ['validate'], github).ended,
      startSft(folder, ['validate', '--json'], github).ended,
      startSft(folder, ['synth'], github).ended,
      startSft(folder, ['plan', '--json'], github).ended,
      startSft(folder, ['validate']).ended,
    ]);
    assert.equal(
      [validate, json, synth, plan, alone].map((ran) => ran.code),
      [65, 65, 65, 65, 65],
    );
    assert.match(validate.out, frame);
    assert.match(validate.err, command);
    assert.is(JSON.parse(json.out).findings[0].where.at, 'stacks/demo.mts:12:3');
    assert.match(json.err, command);
    assert.not.match(json.err, frame);
    for (const { err } of [synth, plan]) {
      assert.match(err, frame);
      assert.match(err, command);
    }
    assert.match(alone.out, frame);
    assert.not.match(alone.err, '::error');
  } finally {
    project.remove();
  }
});

test.run();
