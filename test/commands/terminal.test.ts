/** Help, versions, and terminals of all kinds: narrow, wide, dumb, without colour, without UTF-8. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asciiText } from '../../lib/base/ascii.ts';
import { buildProgram } from '../../lib/cli/commands.ts';
import { isUtf8 } from '../../lib/cli/context.ts';
import { rows } from '../../lib/cli/rows.ts';
import { plain } from '../../lib/finding-text.ts';
import { rows as dataRows, programText } from '../support/programs.ts';
import { checkout, makeProject, type Project, sft, startSft } from '../support/sft.ts';
import { skip } from '../support/skip.ts';

const letters = programText({ run: `tags: { note: 'Zoë ± 10 → ’x’' },` });
let project: Project;
test.before(() => {
  project = makeProject({ 'rows.json': dataRows, 'stacks/demo.ts': letters });
});
test.after(() => project.remove());

/** What `sft` prints with these arguments, in this process. */
async function printed(...argv: string[]): Promise<string> {
  let text = '';
  const write = (more: string) => {
    text += `${more}\n`;
  };
  const signal = new AbortController().signal;
  const fixed = { signal, closed: signal, out: write, note: write, style: plain, noteStyle: plain };
  const program = buildProgram(fixed, { opened: () => undefined, done: () => undefined }, rows);
  await program.parseAsync(argv, { from: 'user' }).catch(() => undefined);
  return text;
}

test('help X, X --help, and --help behind arguments are one page, with an example, for each command', async () => {
  const all = await printed('--help');
  for (const { name, example, summary, hidden } of rows) {
    if (hidden) {
      assert.not.match(all, name);
      continue;
    }
    const page = await printed('help', name);
    assert.match(page, `Usage: sft ${name}`);
    assert.match(page.replaceAll(/\s+/g, ' '), summary);
    assert.match(page, `Example:\n  $ ${example}`);
    assert.match(example, name);
    assert.is(await printed(name, '--help'), page);
    assert.is(await printed('--json', name, 'something', '-h'), page);
    assert.match(all, `  ${name} `);
  }
});

test('flags stand before or behind the command', async () => {
  const [before, behind] = await Promise.all([
    sft(project.folder, '--json', 'validate', 'demo'),
    sft(project.folder, 'validate', 'demo', '--json'),
  ]);
  assert.is(before.out, behind.out);
  assert.type(JSON.parse(before.out).findings, 'object');
});

test('--version tells the commit of a checkout, whatever stands beside it', async () => {
  const commit = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: checkout, encoding: 'utf8' });
  const wanted =
    commit.status === 0
      ? new RegExp(`^\\d+\\.\\d+\\.\\d+ \\(commit ${commit.stdout.slice(0, 12)}\\)\\n$`)
      : /^\d+\.\d+\.\d+\n$/;
  const asked = [['--version'], ['-V'], ['--version', '--debug'], ['-C', 'stacks', '--version'], ['--json', '-V']];
  const ran = await Promise.all([...asked, ['synth', '--version']].map((args) => sft(project.folder, ...args)));
  for (const { code, out, err } of ran) {
    assert.is(code, 0, err);
    assert.match(out, wanted);
    assert.is(err, '');
  }
});

/** On a terminal of its own, of so many columns. */
function atTerminal(command: string, columns: number, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const line = `stty cols ${columns} rows 40; exec '${process.execPath}' '${join(checkout, 'bin', 'sft.js')}' ${command}`;
  const { NO_COLOR: _, FORCE_COLOR: __, COLUMNS: ___, ...rest } = process.env;
  const options = { cwd: project.folder, env: { ...rest, LC_ALL: 'C.UTF-8', TERM: 'xterm', ...env } };
  const child = spawn('script', ['-qefc', line, '/dev/null'], { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
  let screen = '';
  child.stdout.on('data', (chunk) => {
    screen += chunk;
  });
  return new Promise((resolve) => child.on('close', () => resolve(screen.replaceAll('\r\n', '\n'))));
}

const plan = 'plan --no-refresh demo';
const words = (text: string) => text.split(/\s+/).join(' ').trim();

if (spawnSync('script', ['--version']).status !== 0) skip('terminals', 'the program script (bsdutils) is missing');
else {
  test('40 and 200 columns: help is broken between words, a plan is the same text', async () => {
    const [narrow, wide, narrowPlan, widePlan] = await Promise.all([
      atTerminal('--help', 40),
      atTerminal('--help', 200),
      atTerminal(plan, 40),
      atTerminal(plan, 200),
    ]);
    for (const line of narrow.split('\n')) assert.ok(line.length <= 40, line);
    assert.is(words(narrow), words(wide));
    assert.is(narrowPlan, widePlan);
  });

  test('colour at a terminal, and none with NO_COLOR or TERM=dumb', async () => {
    const [colour, none, dumb, forced] = await Promise.all([
      atTerminal(plan, 80),
      atTerminal(plan, 80, { NO_COLOR: '1' }),
      atTerminal(plan, 80, { TERM: 'dumb' }),
      atTerminal(plan, 80, { TERM: 'dumb', FORCE_COLOR: '1' }),
    ]);
    assert.match(colour, '\u001b[32m');
    assert.is(forced, colour);
    for (const text of [none, dumb]) assert.not.match(text, '\u001b');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    assert.is(colour.replaceAll(/\u001b\[\d+m/g, ''), none);
  });
}

test('a locale without UTF-8: ASCII alone, and JSON that says the same', async () => {
  const ran = (args: string[], locale: string) => startSft(project.folder, args, { LC_ALL: locale }).ended;
  const json = ['plan', '--no-refresh', 'demo', '--json'];
  const [text, utf8, ascii, same, help] = await Promise.all([
    ran(['plan', '--no-refresh', 'demo'], 'C'),
    ran(['plan', '--no-refresh', 'demo'], 'C.UTF-8'),
    ran(json, 'POSIX'),
    ran(json, 'C.UTF-8'),
    ran(['--help'], 'de_DE.ISO-8859-1'),
  ]);
  for (const { out, err, code } of [text, ascii, help]) {
    assert.is(code, 0, err);
    assert.match(out + err, /^\p{ASCII}*$/u);
  }
  assert.is(text.out, asciiText(utf8.out));
  assert.match(text.out, /here - local/);
  const tags = (out: string) => JSON.stringify(JSON.parse(out).resource_changes).match(/"note":"[^"]*"/)?.[0];
  assert.is(tags(same.out), '"note":"Zoë ± 10 → ’x’"');
  assert.is(tags(ascii.out), tags(same.out));
});

test('stand-ins for our marks, escapes for all others, and which locale is which', () => {
  assert.is(asciiText('+ ~ ± - a · b’s…'), "+ ~ * - a - b's...");
  assert.is(asciiText('é 😀'), '\\u00e9 \\ud83d\\ude00');
  assert.is(JSON.parse(asciiText('"é 😀"')), 'é 😀');
  for (const env of [{}, { LANG: '' }, { LANG: 'en_GB.utf8' }, { LC_ALL: 'C.UTF-8', LANG: 'C' }])
    assert.ok(isUtf8(env));
  for (const env of [{ LANG: 'C' }, { LC_ALL: 'POSIX', LANG: 'en_GB.UTF-8' }, { LC_CTYPE: 'de_DE.ISO-8859-1' }])
    assert.not.ok(isUtf8(env));
});

test.run();
