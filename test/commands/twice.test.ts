/** `sft validate --twice`: what does not agree is named; and `sft synth --force`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { firstDisagreement } from '../../lib/synth/disagreement.ts';
import { programText, rows } from '../support/programs.ts';
import { makeProject, sft, sideBySide } from '../support/sft.ts';
import { oneRun } from '../support/stack.ts';

const project = makeProject({ 'rows.json': rows });
test.after(() => project.remove());

const tagged = (value: string) => programText({ run: `tags: { x: ${value} },` });

/** By file, what it has, and where it is seen. */
const unsteady: Record<string, [program: string, place: RegExp]> = {
  clock: [tagged('new Date().toISOString()'), /clock\/sft\/train\.json#\/tags\/x is "20\d\d-[^"]*", then "20/],
  chance: [
    programText({ run: 'learningRate: 1e-4 + Math.random() / 1e6,' }),
    /chance\/sft\/train\.json#\/identity is "[0-9a-f]{64}", then/,
  ],
  zone: [tagged('String(new Date(0).getTimezoneOffset())'), /zone\/sft\/train\.json#\/tags\/x is/],
  locale: [tagged('(1234.5).toLocaleString()'), /locale\/sft\/train\.json#\/tags\/x is "1,234\.5", then "1\.234,5"/],
  name: [programText({ id: 'NAME' }), /A second run of the program makes no stack s/],
  more: [
    `${tagged(`'a'`)}`.replace(
      'app.synth()',
      "if (process.env.TZ?.startsWith('Pacific')) new Stack(app, 'second');\napp.synth()",
    ),
    /Only a second run of the program makes stack second/,
  ],
};

test('each cause is seen, in its place', async () => {
  const tasks = Object.entries(unsteady).map(([name, [text, place]]) => async () => {
    const program = text.replace("'demo'", `'${name}'`).replace("'NAME'", "'s' + process.hrtime.bigint()");
    project.write({ [`other/${name}.ts`]: program });
    const { code, out } = await sft(project.folder, 'validate', '--twice', `other/${name}.ts`);
    assert.is(code, 65, out);
    assert.match(out, place);
    assert.match(out, /program\/differs/);
  });
  await sideBySide(tasks, 2);
});

test('a steady program is said to be so; JSON tells as well', async () => {
  project.write({ 'stacks/demo.ts': tagged(`'a'`) });
  const { code, out } = await sft(project.folder, 'validate', '--twice');
  assert.is(code, 0, out);
  assert.match(out, /demo: valid, and the same twice\./);
  const json = await sft(project.folder, 'validate', '--twice', '--json', 'other/zone.ts');
  assert.is(JSON.parse(json.out).findings.at(0).id, 'program/differs');
});

test('a file edited by hand: synth refuses, --force writes over it', async () => {
  await sft(project.folder, 'synth', 'demo');
  writeFileSync(join(project.folder, 'synth/demo/sft/train.json'), '{}\n');
  const refused = await sft(project.folder, 'synth', 'demo');
  assert.is(refused.code, 1);
  assert.match(refused.err, /synth\/demo\/sft\/train\.json was edited by hand[\s\S]*sft synth --force/);
  const forced = await sft(project.folder, 'synth', '--force', 'demo');
  assert.is(forced.code, 0, forced.err);
  assert.match(forced.out, /1 written/);
});

test('documents: only in one, a line of a text, a list', () => {
  const [one, two] = [oneRun(), oneRun({ environment: { A: '1' } })].map(({ manifests }) => manifests[0]);
  assert.ok(one && two);
  assert.is(firstDisagreement(one, one), undefined);
  const { document, at } = firstDisagreement(one, two) ?? {};
  assert.equal([document, at], ['sft/.deepspeed_env', 'line 1']);
  assert.equal(firstDisagreement(one, { ...one, files: [] })?.second, 'not there');
  assert.equal(firstDisagreement({ ...one, files: [] }, one)?.first, 'not there');
});

test.run();
