/** What no compiler finds: suites that never run, and things that must not be committed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = join(import.meta.dirname, '..');
const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).stdout;
const files = listed.split('\n').filter((file) => file !== '' && !/\.(png|svg|safetensors)$/.test(file));
const read = (file: string): string => {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch {
    return '';
  }
};

/** Names that uvu made a suite of: `test` itself, and `const x = suite(...)`. */
function suitesOf(text: string): string[] {
  const made = [...text.matchAll(/^const (\w+) = suite(?:<[^>]*>)?\(/gm)].map((match) => match[1] ?? '');
  const own = /^import \{[^}]*\btest\b[^}]*\} from 'uvu'/m.test(text) ? ['test'] : [];
  return [...made, ...own];
}

function unrun(text: string): string[] {
  return suitesOf(text).filter((name) => !new RegExp(`\\b${name}\\.run\\(\\)`).test(text));
}

test('every uvu suite runs', () => {
  const tests = files.filter((file) => /^test\/.*\.test\.ts$/.test(file));
  assert.ok(tests.length > 10);
  assert.equal(
    tests.filter((file) => suitesOf(read(file)).length === 0),
    [],
  );
  assert.equal(
    tests.filter((file) => unrun(read(file)).length > 0),
    [],
  );
});

test('the guard sees a suite that does not run', () => {
  assert.equal(unrun("import { test } from 'uvu';\ntest('x', () => {});\n"), ['test']);
  assert.equal(
    unrun("import { suite } from 'uvu';\nconst one = suite('one');\nconst two = suite('two');\none.run();\n"),
    ['two'],
  );
});

test('no machine’s paths, registries’ names or unfinished words are committed', () => {
  // Only this file spells them out, and the tests of what happens to such paths.
  const innocent = ['test/guard.test.ts', 'LICENSE'];
  const paths = /(^|[\s"'`(=])\/(work|root|home|tmp)\/\w/m;
  const hosts = /registry\.npmjs|pypi\.org|files\.pythonhosted|download\.pytorch/;
  const words = /(^|[^a-zA-Z])(TODO|FIXME|XXX|not implemented)([^a-zA-Z]|$)/;
  const wrong = files
    .filter((file) => !innocent.includes(file))
    .flatMap((file) =>
      Object.entries({ paths, hosts, words })
        .filter(([, pattern]) => pattern.test(read(file)))
        .map(([name]) => `${file}: ${name}`),
    );
  assert.equal(wrong, []);
});

test('no file is too long to be read at once, and none is named for nothing in particular', () => {
  const code = files.filter((file) => /^(lib|bin|scripts|trainer)\/.*\.(ts|js|py)$/.test(file));
  assert.ok(code.length > 100);
  assert.equal(
    code.filter((file) => read(file).split('\n').length > 301),
    [],
  );
  assert.equal(
    files.filter((file) => /(^|\/)(utils?|helpers?|common|misc)(\.\w+$|\/)/.test(file)),
    [],
  );
});

/** Links of a page to other files of this repository. */
function linksOf(file: string): string[] {
  const found = [...read(file).matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map((match) => match[1] ?? '');
  const named = [...read(file).matchAll(/`(docs\/[\w-]+\.md)`/g)].map((match) => match[1] ?? '');
  const beside = found.filter((link) => !/^[a-z]+:/.test(link)).map((link) => normalize(join(dirname(file), link)));
  return [...beside, ...named];
}

test('the pages link to what is there', () => {
  const pages = files.filter((file) => file.endsWith('.md'));
  assert.ok(pages.length > 5);
  const dead = pages.flatMap((page) =>
    linksOf(page)
      .filter((link) => !existsSync(join(root, link)))
      .map((link) => `${page}: ${link}`),
  );
  assert.equal(dead, []);
});

test('lock and pins: no addresses, exact versions', () => {
  assert.not.match(read('package-lock.json'), /"resolved"/);
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const pinned = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  );
  assert.equal(pinned, []);
});

test('what synth writes is committed, for every stack', () => {
  const stacks = files.filter((file) => /^stacks\/[^/]+\.ts$/.test(file)).map((file) => file.slice(7, -3));
  for (const stack of stacks) assert.ok(files.includes(`synth/${stack}/manifest.json`), stack);
});

test.run();
