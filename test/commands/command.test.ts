/** The command as programs and people meet it: streams, signals, exit codes, JSON. */
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { programText, rows } from '../support/programs.ts';
import { checkout, makeProject, type Project, sft, sideBySide, startSft } from '../support/sft.ts';

async function inProject(files: Readonly<Record<string, string>>, act: (project: Project) => Promise<void>) {
  const project = makeProject({ 'rows.json': rows, ...files });
  try {
    await act(project);
  } finally {
    project.remove();
  }
}

const demo = { 'stacks/demo.ts': programText() };

test('synth writes, leaves unchanged files alone, and --check tells what differs without writing', () =>
  inProject(demo, async (project) => {
    const first = await sft(project.folder, 'synth');
    assert.is(first.code, 0, first.err);
    assert.match(first.out, /^synth\/demo\/ {2}\d+ written, 0 unchanged\n$/);
    const train = join(project.folder, 'synth/demo/sft/train.json');
    const before = statSync(train).mtimeMs;
    const [second, same] = [await sft(project.folder, 'synth'), await sft(project.folder, 'synth', '--check')];
    assert.match(second.out, /0 written/);
    assert.is(statSync(train).mtimeMs, before);
    assert.is(same.code, 0);
    assert.is(same.out, '');

    project.write({ 'stacks/demo.ts': programText({ run: 'epochs: 5,' }) });
    const files = project.files();
    const [text, json] = await Promise.all([
      sft(project.folder, 'synth', '--check'),
      sft(project.folder, '--json', 'synth', '--check'),
    ]);
    assert.is(text.code, 2);
    assert.match(text.out, /^-.*"num_train_epochs": 3/m);
    assert.match(text.out, /^\+.*"num_train_epochs": 5/m);
    assert.is(json.code, 2);
    assert.ok(
      JSON.parse(json.out).differences.some(
        (one: { path: string; does: string }) => one.path === 'synth/demo/sft/train.json' && one.does === 'change',
      ),
    );
    assert.equal(project.files(), files, '--check writes nothing');
  }));

test('node alone writes the same bytes as sft, also where sft.yaml names another folder', () =>
  inProject({ ...demo, 'sft.yaml': 'out: made\nstacks: stacks/*.ts\n' }, async (project) => {
    const child = spawn(process.execPath, ['stacks/demo.ts'], { cwd: project.folder, stdio: 'ignore' });
    assert.is(await new Promise((resolve) => child.on('close', resolve)), 0);
    const checked = await sft(project.folder, 'synth', '--check');
    assert.is(checked.code, 0, checked.out);
    assert.ok(existsSync(join(project.folder, 'made/demo/manifest.json')));
  }));

test('node alone tells a mistake as sft does, with the lines of the program', () =>
  inProject({ 'stacks/demo.ts': programText({ run: "learningRate: 'x' as never," }) }, async (project) => {
    const child = spawn(process.execPath, ['stacks/demo.ts'], { cwd: project.folder });
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    assert.is(await new Promise((resolve) => child.on('close', resolve)), 65);
    const [text, json, github] = await Promise.all([
      sft(project.folder, 'synth'),
      sft(project.folder, 'validate', '--json'),
      startSft(project.folder, ['validate'], { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: project.folder }).ended,
    ]);
    assert.is(err, text.err);
    assert.match(err, "> 12 |   learningRate: 'x' as never,\n       |   ^\n");
    assert.is(JSON.parse(json.out).findings[0].where.at, 'stacks/demo.ts:12:3');
    assert.match(github.err, '::error file=stacks/demo.ts,line=12,col=3,title=setting/invalid::');
  }));

test('what a program prints goes to stderr; results stay clean', () =>
  inProject(
    { 'stacks/demo.ts': `console.log('{"noise": true}');\nconsole.error('more noise');\n${programText()}` },
    async (project) => {
      const [synth, valid, broken] = await Promise.all([
        sft(project.folder, 'synth', '--json'),
        sft(project.folder, 'validate', '--json'),
        sft(project.folder, 'synth', 'nothing', '--json'),
      ]);
      assert.is(JSON.parse(synth.out).stacks[0].stack, 'demo');
      assert.match(synth.err, /noise": true[\s\S]*more noise/);
      assert.is(valid.code, 0);
      assert.ok(Array.isArray(JSON.parse(valid.out).findings));
      assert.is(broken.code, 64);
      assert.is(JSON.parse(broken.out).findings[0].id, 'stack/unknown');
    },
  ));

test('validate tells every mistake of every stack, and process.exit(0) after synth() is no mistake', () =>
  inProject(
    {
      'stacks/a.ts': programText({ id: 'a', run: 'lerningRate: 1e-4,' }),
      'stacks/b.mjs': programText({ id: 'b', run: 'epochs: -1,' }),
      'stacks/c.ts': programText({ id: 'c', end: 'app.synth();\nprocess.exit(0);' }),
      'stacks/types.d.ts': 'export {};\n',
    },
    async (project) => {
      const [all, one, path] = await Promise.all([
        sft(project.folder, 'validate'),
        sft(project.folder, 'validate', 'c'),
        sft(join(project.folder, 'stacks'), 'synth', 'c.ts'),
      ]);
      assert.is(all.code, 65);
      assert.match(all.out, /stacks\/a\.ts:12:3 .*lerningRate[\s\S]*stacks\/b\.mjs:12:3 .*epochs[\s\S]*2 errors\./);
      assert.is(one.code, 0, one.out);
      assert.is(path.code, 0, path.err);
      assert.ok(existsSync(join(project.folder, 'synth/c/manifest.json')));
    },
  ));

test('Ctrl-C while a program runs: exit 130, the program is gone, nothing is written', () =>
  inProject(
    {
      'stacks/demo.ts': `import { writeFileSync } from 'node:fs';\n${programText()}writeFileSync('pid', String(process.pid));\nsetInterval(() => 0, 1000);\n`,
    },
    async (project) => {
      const cases = [
        ['validate', 'SIGINT', 130, 'Interrupted.'],
        ['validate', 'SIGTERM', 143, 'Ended by a signal.'],
        // In the program's own process nobody else is there to catch it; a shell tells the end by a signal as 130 too.
        ['synth', 'SIGINT', null, ''],
        ['synth', 'SIGTERM', null, ''],
      ] as const;
      for (const [command, signal, code, text] of cases) {
        const { child, ended } = startSft(project.folder, [command]);
        while (project.files().pid === undefined || project.files().pid === '') await sleep(20);
        const pid = Number(project.files().pid);
        child.kill(signal);
        const ran = await ended;
        assert.is(ran.code, code);
        assert.match(ran.err, text);
        assert.throws(() => process.kill(pid, 0), 'the program is gone');
        assert.not.ok(existsSync(join(project.folder, 'synth')));
        project.write({ pid: '' });
      }
    },
  ));

test('a closed stdout is no error', () =>
  inProject(demo, async (project) => {
    await sft(project.folder, 'synth');
    project.write({ 'stacks/demo.ts': programText({ run: 'epochs: 5,' }) });
    const { child, ended } = startSft(project.folder, ['synth', '--check']);
    child.stdout?.destroy();
    const ran = await ended;
    assert.is(ran.code, 2);
    assert.not.match(ran.err, /EPIPE|bug of sft/);
  }));

test('help, examples, versions, and nothing at all', async () => {
  const [help, of, misspelt, json, nothing] = await Promise.all([
    sft(checkout, '--help'),
    sft(checkout, 'help', 'synth'),
    sft(checkout, 'synth', '--chek'),
    sft(checkout, '--json', 'sinth'),
    sft(checkout),
  ]);
  assert.is(help.code, 0);
  assert.match(help.out, /synth .*\n[\s\S]*validate/);
  assert.is(of.code, 0);
  assert.match(of.out, /Example:\n {2}\$ sft synth --check/);
  assert.is(misspelt.code, 64);
  assert.match(misspelt.err, /Did you mean --check\?/);
  assert.is(json.code, 64);
  assert.match(JSON.parse(json.out).findings[0].message, /unknown command 'sinth'[\s\S]*Did you mean synth/);
  assert.is(nothing.code, 64);
  assert.match(nothing.err, /Usage: sft/);
});

test('colour only where it is asked for, and control characters of others never', () =>
  inProject({ 'stacks/demo.ts': `throw new Error('red \\u001b[31m and bell \\u0007');\n` }, async (project) => {
    const [plain, forced] = await sideBySide([
      () => startSft(project.folder, ['synth']).ended,
      () => startSft(project.folder, ['synth'], { FORCE_COLOR: '1' }).ended,
    ]);
    assert.not.match(plain?.err ?? '', '\u001b');
    assert.match(plain?.err ?? '', 'red \\u001b[31m and bell \\u0007');
    assert.match(forced?.err ?? '', '\u001b[31merror\u001b[39m');
    assert.not.match(forced?.err ?? '', '\u0007');
  }));

test.run();
