/** Holds ARCHITECTURE.md to be true: imports point down, packages stay behind their fences, nothing goes in a circle. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** Layers from the bottom up, as ARCHITECTURE.md lists them; a folder or a file of lib/. */
const layers: readonly (readonly string[])[] = [
  ['errors.ts', 'finding.ts', 'finding-text.ts', 'base/'],
  ['catalog/', 'settings/'],
  ['manifest.ts'],
  ['data/', 'estimate/', 'pins/'],
  ['rules/', 'synth/'],
  ['program/', 'constructs/', 'state/', 'plan/'],
  ['apply/', 'targets/', 'report/'],
  ['cli/', 'testing.ts', 'schema.ts'],
];

/** Who alone may import a package. */
const fences: Readonly<Record<string, readonly string[]>> = {
  constructs: ['constructs/'],
  execa: ['targets/', 'cli/'],
  listr2: ['cli/'],
  commander: ['cli/'],
  diff: ['report/', 'plan/'],
  fflate: ['targets/'],
  'jsonc-parser': ['data/'],
  'fastest-levenshtein': ['base/nearest.ts'],
  'node:fs': ['data/', 'synth/write.ts', 'synth/folder.ts', 'program/', 'state/', 'targets/', 'apply/', 'cli/'],
  'node:child_process': ['targets/', 'cli/', 'program/runner.ts', 'data/apart.ts', 'data/template/bounded.ts'],
  'node:process': ['cli/', 'program/'],
  'node:net': ['targets/'],
  'node:http': [],
  'node:https': [],
};

/** Where the process itself may be asked: arguments, environment, streams, exit codes. */
const processUsers = ['cli/', 'program/', 'data/apart.ts'];
/** Here `process` is a parameter: another process, looked at from outside. */
const namesakes = ['state/liveness.ts'];

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const root = join(import.meta.dirname, '..', 'lib');
const sources: Source[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const found = text.matchAll(
      /(?:^|\n)(?:import|export)\b[^;'"]*?from\s+'([^']+)'|\bimport\(\s*'([^']+)'|(?:^|\n)import\s+'([^']+)'/g,
    );
    const imports = [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
    return { path: path.split(sep).join('/'), text, imports };
  });

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
const within = (path: string, place: string) => (place.endsWith('/') ? path.startsWith(place) : path === place);
const layerOf = (path: string) => layers.findIndex((places) => places.some((place) => within(path, place)));
const target = (from: string, specifier: string) =>
  normalize(join(dirname(from), specifier))
    .split(sep)
    .join('/');
const local = (source: Source) =>
  source.imports.filter((one) => one.startsWith('.')).map((one) => target(source.path, one));

test('every file has a layer, and imports from its own or a lower one', () => {
  assert.ok(sources.length > 40);
  const wrong: string[] = [];
  for (const source of sources) {
    if (source.path === 'index.ts') continue;
    const layer = layerOf(source.path);
    if (layer === -1) wrong.push(`${source.path} stands in no layer`);
    for (const imported of local(source))
      if (layerOf(imported) > layer) wrong.push(`${source.path} imports ${imported}, which lies above it`);
  }
  assert.equal(wrong, []);
});

test('packages and modules stay behind their fences', () => {
  const wrong: string[] = [];
  for (const { path, imports } of sources)
    for (const imported of imports) {
      const name = imported.startsWith('node:') ? imported.replace('/promises', '') : imported;
      const allowed = fences[name];
      if (allowed && !allowed.some((place) => within(path, place))) wrong.push(`${path} imports ${name}`);
    }
  assert.equal(wrong, []);
});

test('only the edges ask the process', () => {
  const wrong = sources.filter(
    ({ path, text }) =>
      /\bprocess\??[.[]/.test(withoutComments(text)) &&
      ![...processUsers, ...namesakes].some((place) => within(path, place)),
  );
  assert.equal(
    wrong.map(({ path }) => path),
    [],
  );
});

test('settings, estimates, rules, renderers, plans are pure: no clock and no chance', () => {
  const pure = ['settings/', 'estimate/', 'rules/', 'synth/', 'plan/', 'constructs/'];
  const edges = ['synth/write.ts', 'synth/folder.ts'];
  const wrong = sources.filter(
    ({ path, text }) =>
      pure.some((place) => within(path, place)) &&
      !edges.includes(path) &&
      /\b(Date\.now|new Date\(\)|Math\.random|randomUUID|performance\.now)\b/.test(text),
  );
  assert.equal(
    wrong.map(({ path }) => path),
    [],
  );
});

test('no imports go in a circle', () => {
  const graph = new Map(sources.map((source) => [source.path, local(source)]));
  const done = new Set<string>();
  const visit = (path: string, above: readonly string[]): void => {
    if (above.includes(path)) throw new Error(`a circle: ${[...above.slice(above.indexOf(path)), path].join(' -> ')}`);
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...above, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
});

test('no default exports, no file longer than 300 lines', () => {
  assert.equal(
    sources.filter(({ text }) => /\bexport default\b/.test(text)).map(({ path }) => path),
    [],
  );
  assert.equal(
    sources.filter(({ text }) => text.split('\n').length > 301).map(({ path }) => path),
    [],
  );
});

test('index.ts only passes names on', () => {
  const index = sources.find(({ path }) => path === 'index.ts');
  const rest = index?.text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/export (type )?\{[^}]*\} from '[^']+';/g, '')
    .trim();
  assert.is(rest, '');
});

test('ARCHITECTURE.md names every layer’s folder', () => {
  const page = readFileSync(join(root, '..', 'ARCHITECTURE.md'), 'utf8');
  assert.equal(
    layers.flat().filter((place) => !page.includes(`\`${place}\``)),
    [],
  );
});

test.run();
