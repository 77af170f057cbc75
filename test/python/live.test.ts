/** Each setting, changed, and what is then in force in the real trainer, engine or model. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hashOf, sha256, short } from '../../lib/base/hash.ts';
import { isObject } from '../../lib/base/json.ts';
import { mixCounts } from '../../lib/data/mix.ts';
import type { ResolvedMix } from '../../lib/settings/dataset-mix.ts';
import { valueAt } from '../../lib/settings/identity.ts';
import { settingsTable } from '../../lib/settings/run.ts';
import type { RunInput } from '../../lib/synth/input.ts';
import { renderRun } from '../../lib/synth/render.ts';
import { writeRun } from '../support/launch.ts';
import { python } from '../support/python.ts';
import { runInput } from '../support/run-input.ts';
import { elsewhere, further, plain, probes, weightsPath } from './probes.ts';

type Written = Record<string, unknown>;

interface Told {
  readonly name: string;
  readonly seen?: Record<string, unknown>;
  readonly refused?: string;
}

const words = ['river', 'stone', 'lamp', 'garden', 'letter', 'winter', 'bread', 'window'];

/** 24 rows, each another, in all the columns that any format reads. */
function rows(about: string) {
  return Array.from({ length: 24 }, (_, n) => {
    const [a, b] = [words[n % 8] ?? '', words[(n * 3 + 1) % 8] ?? ''];
    const instruction = `Say in one sentence how the ${a} and the ${b} belong together, number ${n}.`;
    const output = `Number ${n}: the ${a} stands by the ${b}, ${about}.`;
    return { instruction, output, text: `${instruction} ${output}` };
  });
}

const usual = rows('as it always did');

const contents: Readonly<Record<string, string>> = {
  'data/rows.json': JSON.stringify(usual),
  'data/others.json': JSON.stringify(rows('but only in the evening')),
  'data/flawed.json': JSON.stringify([...usual, usual[0], { ...usual[1], output: ' ' }]),
};

function writeSources(root: string): void {
  for (const [path, content] of Object.entries(contents)) {
    const folder = join(root, 'sources', sha256(content));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, path.slice(5)), content);
  }
}

/** The written form with its data files named by content; a change of undefined takes the setting out. */
function complete(changes: Written): Written {
  const all: Written = { ...plain, ...changes };
  const kept = Object.entries(all).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(kept), data: withContent(all.data as Written) };
}

function withContent(data: Written): Written {
  if (data.source !== 'file') return data;
  const files = (path: unknown) => {
    return [path].flat().map((one) => {
      const content = contents[String(one)] ?? '';
      return { name: String(one).slice(5), sha256: sha256(content), bytes: content.length };
    });
  };
  const { evaluation } = data;
  const held = isObject(evaluation) && 'path' in evaluation ? { files: files(evaluation.path) } : evaluation;
  return { ...data, files: files(data.path), ...(held ? { evaluation: held } : {}) };
}

/** What a mix takes of each part: all files have as many rows. */
function mixedOf({ data }: Written): Pick<RunInput, 'mixed'> {
  const { mix } = data as { readonly mix?: ResolvedMix };
  const counts = mix && mixCounts(mix.parts.map(({ weight }) => ({ rows: usual.length, weight })));
  return counts ? { mixed: counts.map((rows, at) => ({ name: `part ${at}`, rows })) } : {};
}

const keysOf = (settings: Written) => ({
  data: hashOf(settings.data),
  weights: hashOf([settings.model, settings.data]),
});

/** The folder that a path is to name lies in the workspace: the weights that the plain run has made. */
function placed(settings: Written, root: string): Written {
  const model = settings.model as Written;
  if (model.path !== weightsPath) return settings;
  return { ...settings, model: { ...model, path: join(root, 'weights', short(keysOf(complete({})).weights)) } };
}

const nameOf = (changes: Written) => hashOf(changes).slice(0, 12);

function writeVariants(root: string, asked: readonly Written[]): { name: string; folder: string }[] {
  const unique = new Map(asked.map((changes) => [nameOf(changes), changes]));
  // DeepSpeed leaves its process group behind: its variants come last.
  const ordered = [...unique].sort(([, a], [, b]) => Number('zero' in a) - Number('zero' in b));
  return ordered.map(([name, changes]) => {
    const settings = placed(complete(changes), root);
    const folder = join(root, 'files', name);
    writeRun(folder, renderRun(runInput(settings, { keys: keysOf(settings), rows: 24, ...mixedOf(settings) })));
    return { name, folder: join(folder, 'sft') };
  });
}

function observe(interpreter: string, root: string): Map<string, Told> {
  writeSources(root);
  const asked = Object.values({ ...probes, ...further }).flatMap(({ from = {}, change }) => [from, change]);
  const input = {
    package: fileURLToPath(new URL('../../trainer', import.meta.url)),
    root,
    port: 30000 + (process.pid % 2000),
    variants: writeVariants(root, asked),
  };
  const script = fileURLToPath(new URL('live.py', import.meta.url));
  const run = spawnSync(interpreter, [script], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    cwd: root,
    maxBuffer: 1 << 28,
  });
  const lines = run.stdout.split('\n').filter((line) => line.startsWith('LIVE '));
  const told = lines.map((line) => JSON.parse(line.slice(5)) as Told);
  assert.is(told.length, input.variants.length, `the trainer ended early:\n${run.stderr.slice(-4000)}`);
  return new Map(told.map((each) => [each.name, each]));
}

const test = suite('every setting, live');

test('each setting of the table has a probe here, or a place where it is seen', () => {
  const known = new Set([...Object.keys(probes), ...Object.keys(elsewhere)]);
  const paths = [...settingsTable().keys()];
  assert.equal(
    paths.filter((path) => !known.has(path)),
    [],
  );
  assert.equal(
    [...known].filter((path) => !paths.includes(path)),
    [],
    'there is no such setting',
  );
});

const interpreter = python();
const root = mkdtempSync(join(tmpdir(), 'sft-live-'));
let told: Map<string, Told> | undefined;
test.after(() => rmSync(root, { recursive: true, force: true }));

for (const [path, probe] of Object.entries({ ...probes, ...further })) {
  test(path, () => {
    told ??= observe(interpreter, root);
    const before = told.get(nameOf(probe.from ?? {}));
    const after = told.get(nameOf(probe.change));
    if (probe.refused && after?.refused !== undefined) return assert.match(after.refused, probe.refused);
    assert.ok(isObject(before?.seen), `compared with a run that was refused: ${before?.refused}`);
    assert.ok(isObject(after?.seen), `refused: ${after?.refused}`);
    const values = [valueAt(before.seen, probe.at), valueAt(after.seen, probe.at)];
    assert.is.not(values[1], undefined, `nothing at ${probe.at}`);
    assert.not.equal(values[1], values[0], `${probe.at} is as before`);
    if ('after' in probe) assert.equal(values[1], probe.after);
  });
}

test.run();
