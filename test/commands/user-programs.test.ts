/** Programs as people write them that are right: module systems, endings, aliases, size. Wrong ones are in the golden file. */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { programText, rows } from '../support/programs.ts';
import { checkout, makeProject, type Project, sft, sideBySide } from '../support/sft.ts';

let project: Project;
test.before(() => {
  project = makeProject({ 'rows.json': rows });
  symlinkSync(join(checkout, 'node_modules', 'constructs'), join(project.folder, 'node_modules', 'constructs'));
});
test.after(() => project.remove());

/** `id` names the stack; `change` what is special about its program. */
const program = (id: string, change: (text: string) => string = (text) => text) => change(programText({ id }));
const required = (text: string) => text.replace(/import (\{.*\}) from 'cdksft';/, "const $1 = require('cdksft');");
const typed = (text: string) => text.replace('const app =', 'const app: InstanceType<typeof App> =');
const untyped = (text: string) => text.replace('const app =', '/** @type {App} */\nconst app =');

test('CommonJS, modules and JavaScript, with and without types, by their endings', async () => {
  const files = {
    'stacks/common.cjs': program('common', required),
    'stacks/common-typed.cts': program('common-typed', (text) => typed(required(text))),
    'stacks/module.mts': program('module', typed),
    'stacks/script.js': program('script', untyped),
    'stacks/script-module.mjs': program('script-module', untyped),
    'old/package.json': '{ "type": "commonjs" }',
    'old/rows.json': rows,
    'old/stacks/plain.ts': program('plain', (text) => typed(required(text))),
  };
  project.write(files);
  const paths = Object.keys(files).filter((path) => path.startsWith('stacks/'));
  const ran = await sideBySide([
    ...paths.map((path) => () => sft(project.folder, 'synth', path)),
    () => sft(project.folder, '-C', 'old', 'synth'),
  ]);
  for (const one of ran) assert.is(one.code, 0, one.err);
  const read = (stack: string) => project.files()[`${stack}/sft/train.json`]?.replaceAll(/"(\/\/|stack)": .*/g, '');
  const wanted = read('synth/common');
  assert.match(wanted ?? '', '"num_train_epochs"');
  for (const stack of ['common-typed', 'module', 'script', 'script-module']) assert.is(read(`synth/${stack}`), wanted);
  assert.is(read('old/synth/plain'), wanted);
});

test('names of "imports" in package.json, awaits at the top, and a program that imports another file', async () => {
  project.write({
    'package.json': '{ "type": "module", "imports": { "#team/*": "./team/*" } }',
    'team/size.ts': 'export const micro: number = 2;\n',
    'stacks/alias.ts': `import { micro } from '#team/size.ts';\n${program('alias').replace('micro: 2', 'micro')}`,
    'stacks/awaits.ts': `import { readFile } from 'node:fs/promises';\nconst text = await readFile('rows.json', 'utf8');\n${program('awaits').replace('micro: 2', 'micro: text.length > 0 ? 2 : 1')}`,
  });
  const ran = await sft(project.folder, 'synth', 'alias', 'awaits');
  assert.is(ran.code, 0, ran.err);
  assert.match(ran.out, /synth\/alias\/ .*\nsynth\/awaits\/ /);
});

test('10,000 constructs, and runs of one line that say one thing once', async () => {
  const many = program('many', (text) =>
    `import { Construct } from 'constructs';\n${text}`.replace(
      /new FineTune\(stack, 'sft', (\{[\s\S]*?\n\})\);/,
      `for (let i = 0; i < 10_000; i++) {
  const part = new Construct(stack, \`part\${i}\`);
  if (i % 100 === 0) new FineTune(part as never, 'sft', $1);
}`,
    ),
  );
  project.write({ 'big/many.ts': many });
  const [text, json] = await sideBySide([
    () => sft(project.folder, 'validate', 'big/many.ts'),
    () => sft(project.folder, 'validate', 'big/many.ts', '--json'),
  ]);
  assert.is(text?.code, 0, text?.err);
  assert.match(
    text?.out ?? '',
    /^note: .* \(100 times\) {2}\[schedule\/no-checkpoint\]\n[^\n]*\n(?:.*\n){0,8}many: valid\.\n$/,
  );
  assert.is(JSON.parse(json?.out ?? '{}').findings.length, 100);
});

test('a string of 8 million letters arrives whole', async () => {
  const tags = `tags: { note: 'ä'.repeat(8_000_000) },`;
  project.write({ 'big/long.ts': programText({ id: 'long', run: tags }) });
  const ran = await sft(project.folder, 'synth', 'big/long.ts');
  assert.is(ran.code, 0, ran.err.slice(0, 1000));
  assert.is(/ä+/.exec(project.files()['synth/long/manifest.json'] ?? '')?.[0].length, 8_000_000);
});

test.run();
