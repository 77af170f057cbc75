/**
 * Bad input: each gives one clear message and its exit code, and leaves the project as it was. All messages stand in
 * `test/golden/messages.txt`, where a reviewer reads them in one place; UPDATE_GOLDEN=1 writes it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { programText, rows } from '../support/programs.ts';
import { checkout, makeProject, type Ran, sft, sideBySide } from '../support/sft.ts';

interface Case {
  readonly name: string;
  readonly exit: number;
  readonly args?: readonly string[];
  readonly program?: string;
  readonly files?: Readonly<Record<string, string>>;
}

const synth = ['synth'];
const good = programText();
const asksForSize = programText({ end: `app.context('size');\napp.synth();` });
const withRun = (run: string) => programText({ run });
const withData = (content: string) => ({ 'rows.json': content });

const cases: readonly Case[] = [
  { name: 'no stack', exit: 65, args: synth },
  { name: 'a program that is not there', exit: 64, args: ['synth', 'stacks/other.ts'], program: good },
  { name: 'a misspelt stack', exit: 64, args: ['synth', 'dmo'], program: good },
  { name: 'a misspelt command', exit: 64, args: ['snyth'] },
  { name: 'a misspelt command, of help', exit: 64, args: ['help', 'snyth'] },
  { name: 'a misspelt action', exit: 64, args: ['state', 'lst'] },
  { name: 'a misspelt flag', exit: 64, args: ['synth', '--chekc'] },
  { name: 'a folder that is not there', exit: 64, args: ['synth', '-C', 'nowhere'] },
  { name: 'a time limit that is no number', exit: 64, args: ['synth', '--program-timeout', 'long'] },
  {
    name: 'a stack that throws',
    exit: 65,
    program: `function f() {\n  throw new TypeError('no such run');\n}\nf();\n`,
  },
  { name: 'a stack that throws a string', exit: 65, program: `throw 'no';\n` },
  { name: 'a stack that recurses without end', exit: 65, program: 'const f = (): number => 1 + f();\nf();\n' },
  { name: 'a promise that is rejected', exit: 65, program: `Promise.reject(new Error('late'));\n${good}` },
  { name: 'a stack that calls process.exit', exit: 65, program: `process.exit(0);\n${good}` },
  { name: 'a stack that never ends', exit: 65, args: ['synth', '--program-timeout', '1'], program: 'while (true);\n' },
  {
    name: 'a stack that is kept alive after synth()',
    exit: 65,
    // Long enough for a machine that does much else to get to synth().
    args: ['synth', '--program-timeout', '8'],
    program: `setInterval(() => 0, 1000);\n${good}`,
  },
  { name: 'an await that never comes', exit: 65, program: 'await new Promise(() => undefined);\n' },
  { name: 'a syntax error', exit: 65, program: 'const a = 1;\nconst b = {;\n' },
  {
    name: 'a syntax error in JavaScript',
    exit: 65,
    args: ['synth', 'stacks/demo.js'],
    files: { 'stacks/demo.js': 'const a = 1;\nconst b = {;\n' },
  },
  { name: 'a package that is missing', exit: 65, program: `import { x } from 'no-such-package';\nx();\n` },
  { name: 'a file that is missing', exit: 65, program: `import { x } from './shared.ts';\nx();\n` },
  { name: 'an import without the ending', exit: 65, program: `import './shared';\n` },
  { name: 'a name that is not exported', exit: 65, program: `import { Appp } from 'cdksft';\nnew Appp();\n` },
  { name: 'an alias of tsconfig.json', exit: 65, program: `import { x } from '@team/size.ts';\nx();\n` },
  {
    name: 'a package with a scope that is missing',
    exit: 65,
    program: `import { x } from '@team/size/large';\nx();\n`,
  },
  { name: 'a name that package.json does not map', exit: 65, program: `import { x } from '#team/size.ts';\nx();\n` },
  { name: 'a string that grows without end', exit: 65, program: `let s = 'x';\nwhile (true) s += s;\n` },
  { name: 'an enum', exit: 65, program: `enum Size {\n  Small,\n}\nconsole.log(Size.Small);\n` },
  {
    name: 'a parameter property',
    exit: 65,
    program: 'class A {\n  constructor(readonly x: number) {}\n}\nnew A(1);\n',
  },
  { name: 'a namespace', exit: 65, program: 'namespace N {\n  export const x = 1;\n}\nconsole.log(N.x);\n' },
  { name: 'import x = require()', exit: 65, program: `import fs = require('node:fs');\nfs.existsSync('.');\n` },
  { name: 'export =', exit: 65, program: 'const a = 1;\nexport = a;\n' },
  { name: 'a type in angle brackets', exit: 65, program: 'const a = <number>1;\nconsole.log(a);\n' },
  {
    name: 'a decorator',
    exit: 65,
    program: 'const tagged = (one: unknown) => one;\n@tagged\nclass A {}\nnew A();\n',
  },
  {
    name: 'a type that is imported as a value',
    exit: 65,
    program: `import { App, FineTuneProps } from 'cdksft';\nconst a: FineTuneProps | App = new App();\n`,
  },
  { name: 'JSON that is imported as code', exit: 65, program: `import rows from '../rows.json';\nrows.at(0);\n` },
  {
    name: 'TypeScript with JSX',
    exit: 65,
    args: ['synth', 'stacks/demo.tsx'],
    files: { 'stacks/demo.tsx': 'export const a = 1;\n' },
  },
  {
    name: 'an installed package of TypeScript',
    exit: 65,
    program: `import { size } from 'sizes';\nsize();\n`,
    files: {
      'node_modules/sizes/package.json': '{ "type": "module", "exports": "./index.ts" }\n',
      'node_modules/sizes/index.ts': 'export const size = (): number => 1;\n',
    },
  },
  { name: 'require in a module', exit: 65, program: `const fs = require('node:fs');\nfs.existsSync('.');\n` },
  { name: 'a stack that throws nothing', exit: 65, program: 'throw undefined;\n' },
  { name: 'no call of synth()', exit: 65, program: programText({ end: '' }) },
  { name: 'two Apps', exit: 65, program: programText({ end: 'new App();\napp.synth();' }) },
  { name: 'synth() called twice', exit: 65, program: programText({ end: 'app.synth();\napp.synth();' }) },
  {
    name: 'two constructs of one name',
    exit: 65,
    program: programText({ end: `Cluster.local(stack, 'here');\napp.synth();` }),
  },
  {
    name: 'a run in a tree that is too deep',
    exit: 65,
    program: good
      .replace("FineTune(stack, 'sft'", `FineTune(stack, '${'x'.repeat(63)}'`)
      .replace(
        /new FineTune[\s\S]*?\}\);/,
        (run) =>
          `let at: FineTune | Stack = stack;\nfor (let i = 0; i < 4; i++) at = ${run.slice(0, -1).replace('(stack,', '(at as Stack,')};`,
      ),
  },
  { name: 'one stack from two programs', exit: 65, program: good, files: { 'stacks/copy.ts': good } },
  { name: 'a misspelt context key', exit: 65, args: ['synth', '-c', 'sise=1'], program: asksForSize },
  { name: 'a context key that nobody asks for', exit: 65, args: ['synth', '-c', 'size=1'], program: good },
  { name: 'a context value without a key', exit: 64, args: ['synth', '-c', 'size'], program: good },
  {
    name: 'an override that leads through a value',
    exit: 65,
    program: withRun(`overrides: { 'train.json': { '/sft/seed/x': 1 } },`),
  },
  {
    name: 'an override of a document that the run has not',
    exit: 65,
    program: withRun(`overrides: { 'deepspeed.json': { '/x': 1 } },`),
  },
  {
    name: 'an override that breaks the batch',
    exit: 65,
    program: withRun(`overrides: { 'train.json': { '/sft/gradient_accumulation_steps': 3 } },`),
  },
  {
    name: 'an override of which run it is',
    exit: 65,
    program: withRun(`overrides: { 'train.json': { '/identity': 'x' } },`),
  },
  {
    name: 'a misspelt document of overrides',
    exit: 65,
    program: withRun(`overrides: { 'trian.json': { '/sft/seed': 1 } } as never,`),
  },
  { name: 'NaN', exit: 65, program: withRun('learningRate: Number.NaN,') },
  { name: 'a negative number', exit: 65, program: withRun('learningRate: -1e-4,') },
  { name: 'a string for a number', exit: 65, program: withRun(`epochs: '3' as unknown as number,`) },
  { name: 'a misspelt setting', exit: 65, program: withRun('lerningRate: 1e-4,') },
  { name: 'several mistakes at once', exit: 65, program: withRun(`lerningRate: 1e-4, epochs: -1, precision: 'bf61',`) },
  { name: 'data that is missing', exit: 65, program: programText({ data: 'other.json' }) },
  { name: 'data that is empty', exit: 65, program: good, files: withData('') },
  { name: 'data that is not JSON', exit: 65, program: good, files: withData('[{"instruction": "a",]\n') },
  {
    name: 'a row without the columns',
    exit: 65,
    program: good,
    files: withData('[\n  { "instruction": "a", "input": "", "output": "b" },\n  { "instruction": "c" }\n]\n'),
  },
  { name: 'a file where the output goes', exit: 1, program: good, files: { synth: 'mine\n' } },
  { name: 'sft.yaml that is not YAML', exit: 65, program: good, files: { 'sft.yaml': 'stacks: [a\n' } },
  { name: 'a misspelt key in sft.yaml', exit: 65, program: good, files: { 'sft.yaml': 'stack: [a.ts]\n' } },
  { name: 'an output folder outside', exit: 65, program: good, files: { 'sft.yaml': 'out: ../elsewhere\n' } },
];

async function runCase({ args = synth, program, files = {} }: Case): Promise<Ran & { untouched: boolean }> {
  const project = makeProject({ 'rows.json': rows, ...(program ? { 'stacks/demo.ts': program } : {}), ...files });
  try {
    const before = project.files();
    const ran = await sft(project.folder, ...args);
    const untouched = JSON.stringify(project.files()) === JSON.stringify(before);
    const clean = (text: string) => text.replaceAll(project.folder, 'PROJECT').replaceAll(checkout, 'CDKSFT');
    return { code: ran.code, out: clean(ran.out), err: clean(ran.err), untouched };
  } finally {
    project.remove();
  }
}

test('each bad input: one message, its exit code, nothing written', async () => {
  const results = await sideBySide(cases.map((one) => () => runCase(one)));
  const text = cases
    .map((one, index) => {
      const { err = '' } = results[index] ?? {};
      return `# ${one.name}: exit ${one.exit}\n$ sft ${(one.args ?? synth).join(' ')}\n${err.trimEnd()}\n`;
    })
    .join('\n');
  const golden = join(checkout, 'test', 'golden', 'messages.txt');
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, text);
  cases.forEach((one, index) => {
    const { code, out, err, untouched } = results[index] as Ran & { untouched: boolean };
    assert.is(code, one.exit, `${one.name}: exit code\n${err}`);
    assert.is(out, '', `${one.name}: nothing on stdout`);
    assert.ok(untouched, `${one.name}: the project's files are as before`);
    assert.not.match(err, /\n\s+at .*(node:internal|lib\/cli)/, `${one.name}: no stack trace of ours`);
  });
  assert.fixture(text, readFileSync(golden, 'utf8'));
});

test.run();
