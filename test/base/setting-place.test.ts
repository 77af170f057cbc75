/** Where a setting stands in the text of a program; where that is not certain, what is around it, or nothing. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Json } from '../../lib/base/json.ts';
import { settingPlace } from '../../lib/base/setting-place.ts';

/** `^` is put before what is expected to be found, `@` where the engine says that the construct was made. */
function found(marked: string, path: string, given?: Json): { got: number | undefined; wanted: number | undefined } {
  const place = (text: string, mark: string) => {
    const lines = text.slice(0, text.indexOf(mark)).split('\n');
    return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
  };
  const source = marked.replaceAll(/[@^]/g, '');
  const call = place(marked.replace('^', ''), '@');
  const wanted = marked.includes('^') ? marked.replace('@', '').indexOf('^') : undefined;
  const at = settingPlace(source, call, path, given);
  const lines = source.split('\n').slice(0, (at?.line ?? 1) - 1);
  return { got: at && lines.reduce((sum, line) => sum + line.length + 1, 0) + at.column - 1, wanted };
}

function isFound(marked: string, path: string, given?: Json): void {
  const { got, wanted } = found(marked, path, given);
  assert.is(got, wanted, `${path} in ${marked}`);
}

const lora = `import { FineTune, lora } from 'cdksft';\n`;
const required = `const { lora } = require('cdksft');\n`;
const run = (settings: string, before = '') => `${before}const a = 1;\n  @new FineTune(stack, 'sft', ${settings});\n`;

test('the property, at any depth, in any of its forms', () => {
  isFound(run('{ model, ^learningRate: -1 }'), 'learningRate', -1);
  isFound(run("{\n  model,\n  // epochs: 2,\n  ^'epochs': /* 1, */ 2, }"), 'epochs', 2);
  isFound(run('{ batch: { micro: 2, ^global: 1_000 } } as never'), 'batch.global', 1000);
  isFound(run('{ model, ^precision }'), 'precision', 'bf61');
  isFound(run('{ ^schedule() { return 1; } }'), 'schedule', 'a function');
  isFound(run("{ overrides: { 'train.json': { ^'/sft/seed/x': 1 } } }"), 'overrides.train.json#/sft/seed/x', 1);
  isFound(run("{ overrides: { ^'trian.json': { '/sft/seed': 1 } } as never }"), 'overrides.trian.json');
  isFound(
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a program's text
    run('{ tags: { note: `${f({ epochs: 1 })}, } ${`epochs: ${2}`}` }, re: /[/"]epochs: {/, ^epochs: 3 }'),
    'epochs',
    3,
  );
  isFound(run('{ a: b / 2, c: "}\\"", ^epochs: 3 / 1, d: 4 / 2 }'), 'epochs', 3);
  isFound(run('{ hosts: ["a", ^"b", "c"] }'), 'hosts.1', 'b');
  isFound(`const c = Cluster.@local(stack, 'here', { ^gpus: 'many' });\n`, 'gpus', 'many');
  isFound(`new App();\n@new sft.FineTune(at as Stack, name(1, 2), { ^epochs: 0 } satisfies Props);\n`, 'epochs', 0);
});

test('settings of the method, by the functions of the package alone', () => {
  const settings = '{ method: lora({ ^rank: 0 }) }';
  isFound(run(settings, lora), 'method.rank', 0);
  isFound(run(settings, required), 'method.rank', 0);
  isFound(run('{ ^method: lora({ rank: 0 }) }'), 'method.rank', 0);
  isFound(run('{ ^method: lora({ rank: 0 }) }', `${lora}const f = (lora: Own) => 1;\n`), 'method.rank', 0);
  isFound(run('{ ^method: lora({ rank: 0 }) }', `import { lora } from './ours.ts';\n`), 'method.rank', 0);
  isFound(run('{ ^method: lora({ rank: 0 }, 1) }', lora), 'method.rank', 0);
  isFound(run(settings.replace("'sft'", "'lora'"), lora), 'method.rank', 0);
});

test('what is not written has the place of what is around it', () => {
  isFound(run('{ ^batch: { micro: 2 } }'), 'batch.global', 4);
  isFound(run('{ ^batch: sizes }'), 'batch.global', 4);
  isFound(run('{ ^batch: f({ global: 4 }) }'), 'batch.global', 4);
  isFound(run('{ ^batch: { global: 4, ...sizes } }'), 'batch.global', 6);
  isFound(run('{ epochs: 3 }'), 'checkpoints.steps', 100);
  isFound(run('{ epochs: 3 }'), 'epoch', 3);
});

test('what may come from elsewhere has no place of its own', () => {
  isFound(run('{ learningRate: 1, ...common }'), 'learningRate', 'x');
  isFound(run('{ learningRate: rate, ...common }'), 'learningRate', 'x');
  isFound(run('{ learningRate: rate, [name]: 1 }'), 'learningRate', 'x');
  // The value tells that the spread did not replace it.
  isFound(run("{ ^learningRate: 'x', ...common }"), 'learningRate', 'x');
  isFound(run('{ ...common, ^learningRate: rate }'), 'learningRate', 'x');
  isFound(run('{ learningRate: 1, ^learningRate: 2 }'), 'learningRate', 2);
  // Changed after it was written.
  isFound(run('{ learningRate: 1 }'), 'learningRate', 2);
  isFound(run('{ batch: { micro: 1 } }'), 'batch.micro', 2);
  isFound(run('settings'), 'learningRate', 2);
  isFound(run('{ learningRate: 2 } && other'), 'learningRate', 2);
  isFound(run('merge({ learningRate: 2 })'), 'learningRate', 2);
  isFound(`@new FineTune(...both, { learningRate: 2 });\n`, 'learningRate', 2);
  isFound(`@make[0](stack, 'sft', { learningRate: 2 });\n`, 'learningRate', 2);
  isFound(`const f@ = g(stack, 'sft', { learningRate: 2 });\n`, 'learningRate', 2);
  isFound(`@new FineTune(stack, 'sft', { learningRate: 2 `, 'learningRate', 2);
  isFound(`@new FineTune(stack, 'sft', { note: 'never ends, learningRate: 2 });\n`, 'learningRate', 2);
});

/** Pieces that make trouble for whoever counts brackets. */
const pieces = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '`',
  '${',
  "'",
  '"',
  '/',
  '//',
  '/*',
  '*/',
  '\\',
  '\n',
  ',',
  ':',
  '...',
  'a',
  'epochs',
  '1',
  ' ',
  'é😀',
];

test('no text makes it fail, and what it finds is the name or a list’s entry', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (noise) => {
      const source = `new FineTune(stack, 'sft', { ${noise.join('')}, epochs: 1 });`;
      const place = settingPlace(source, { line: 1, column: 1 }, 'epochs', 1);
      if (place === undefined) return;
      const line = source.split(/\n/)[place.line - 1] ?? '';
      assert.match(line.slice(place.column - 1), /^['"]?epochs/);
    }),
    { numRuns: 2000 },
  );
});

test('a value of any kind before a property does not hide it', () => {
  const value = fc.letrec<{ any: string }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.string().map((text) => JSON.stringify(text)),
      fc
        .string({ unit: fc.constantFrom('a', '`', '$', '{', '}', '\\', '\n') })
        .map((text) => `\`${text.replaceAll(/[\\`$]/g, '\\$&')}\``),
      fc.constantFrom(
        '1e-4',
        '-0x1f',
        'f(a, b)',
        '(x) => { return x / 2; }',
        '/[}/]+\\/{/g',
        'a ? b : c',
        'x as never',
        '/* } */ y',
      ),
      fc.array(tie('any'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
      fc
        .array(tie('any'), { maxLength: 3 })
        .map((items) => `{ ${items.map((item, index) => `k${index}: ${item}`).join(', ')} }`),
      tie('any').map((inner) => `\`a\${${inner}}b\``),
    ),
  })).any;
  fc.assert(
    fc.property(value, value, (before, behind) => {
      isFound(
        `\n@new FineTune(stack, 'sft', { a: ${before.replaceAll(/[@^]/g, '')},\n ^epochs: 1, b: ${behind.replaceAll(/[@^]/g, '')} });`,
        'epochs',
        1,
      );
    }),
    { numRuns: 500 },
  );
});

test.run();
