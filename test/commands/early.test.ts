/** The head start: a program is run once, whether it was guessed or not, and a guess has no other effect. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { programText, rows } from '../support/programs.ts';
import { makeProject, sft } from '../support/sft.ts';

const counted = (name: string) =>
  `import { appendFileSync } from 'node:fs';\n${programText({ id: name })}appendFileSync('runs.txt', '${name}\\n');\n`;

const project = makeProject({
  'rows.json': rows,
  'stacks/demo.ts': counted('demo'),
  'stacks/other.ts': counted('other'),
  'stacks/demo.test.ts': 'throw new Error("a test is no program");\n',
});
const place = join(project.folder, 'runs.txt');

async function runsOf(...words: string[]): Promise<{ code: number | null; runs: string[] }> {
  rmSync(place, { force: true });
  const { code } = await sft(project.folder, ...words);
  const text = existsSync(place) ? readFileSync(place, 'utf8') : '';
  return { code, runs: text.split('\n').slice(0, -1).sort() };
}

test('each program is run once, guessed or not', async () => {
  for (const words of [['synth'], ['synth', '--check'], ['validate', '--json'], ['synth', '--program-timeout', '30']])
    assert.equal(await runsOf(...words), { code: 0, runs: ['demo', 'other'] }, words.join(' '));
  for (const words of [
    ['synth', 'demo'],
    ['plan', 'demo', '--no-refresh'],
    ['validate', 'stacks/demo.ts'],
  ])
    assert.equal(await runsOf(...words), { code: 0, runs: ['demo'] }, words.join(' '));
});

test('what is not certain is not begun', async () => {
  for (const words of [['synth', '--no-such-option'], ['synth', '-h'], ['status'], ['synth', '-C', 'nowhere']])
    assert.equal((await runsOf(...words)).runs, [], words.join(' '));
});

test('sft.yaml decides, where there is one', async () => {
  project.write({ 'sft.yaml': 'stacks: [stacks/other.ts]\n' });
  const told = await runsOf('synth');
  rmSync(join(project.folder, 'sft.yaml'));
  assert.equal(told, { code: 0, runs: ['other'] });
});

test.after(() => project.remove());

test.run();
