/** What is synthesised, read by the engines that it is for; every key that we write is read back by its value. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isObject, type Json, type JsonObject } from '../../lib/base/json.ts';
import { valueAt } from '../../lib/settings/identity.ts';
import type { RunInput } from '../../lib/synth/input.ts';
import { rendezvousPort } from '../../lib/synth/launcher.ts';
import { renderRun } from '../../lib/synth/render.ts';
import { launch, writeRun } from '../support/launch.ts';
import { python } from '../support/python.ts';
import { cases, runInput } from '../support/run-input.ts';

const hidden = 4096;

interface DeepspeedLaunch {
  readonly program: string;
  readonly hosts: readonly string[];
  readonly exports: string;
  readonly slots: Readonly<Record<string, number>>;
  readonly master_addr: string;
  readonly master_port: string;
  readonly rest: readonly string[];
}

interface Read {
  readonly refused?: string;
  readonly sft: JsonObject;
  readonly peft?: JsonObject;
  readonly quantization?: JsonObject;
  readonly deepspeed?: JsonObject;
  readonly hostfile?: Readonly<Record<string, number>>;
  readonly launched?: JsonObject;
}

/** The files of a run, the way they are and, for a control, with one of them changed. */
interface Case {
  readonly input: RunInput;
  readonly change?: (path: string, content: string) => string;
}

const controls: Record<string, Case> = {
  'control: zero_optimisation': {
    input: cases['local-zero2'](),
    change: (path, content) =>
      path.endsWith('/deepspeed.json') ? content.replace('zero_optimization', 'zero_optimisation') : content,
  },
  'control: stage3_prefetch_bucket': {
    input: cases['full-zero3-offload'](),
    change: (path, content) =>
      path.endsWith('/deepspeed.json')
        ? content.replace('stage3_prefetch_bucket_size', 'stage3_prefetch_bucket')
        : content,
  },
  'control: overlap_com': {
    input: cases['ssh-lora-zero2'](),
    change: (path, content) =>
      path.endsWith('/deepspeed.json') ? content.replace('overlap_comm', 'overlap_com') : content,
  },
  'control: lora_alhpa': {
    input: cases['local-cpu-lora'](),
    change: (path, content) => (path.endsWith('/train.json') ? content.replace('lora_alpha', 'lora_alhpa') : content),
  },
  'control: warmup_ratio': {
    input: cases['local-cpu-lora'](),
    change: (path, content) =>
      path.endsWith('/train.json') ? content.replace('warmup_steps', 'warmup_ratio') : content,
  },
  'control: bnb_4bit_quant_typ': {
    input: cases['qlora-one-gpu'](),
    change: (path, content) =>
      path.endsWith('/train.json') ? content.replace('bnb_4bit_quant_type', 'bnb_4bit_quant_typ') : content,
  },
};

const awkward = { HF_HOME: 'cache/hugging face', URL: 'https://x/?a=b&c;d', EMPTY: '', QUOTED: "it's" };

const all: Record<string, Case> = {
  ...Object.fromEntries(Object.entries(cases).map(([name, input]) => [name, { input: input() }])),
  'awkward-environment': {
    input: runInput({ ...cases['ssh-lora-zero2']().settings, environment: awkward } as Record<string, unknown>),
  },
  ...controls,
};

const top = realpathSync(mkdtempSync(join(tmpdir(), 'sft-readers-')));

function write(name: string, { input, change = (_, content) => content }: Case): string {
  const folder = join(top, name.replaceAll(/\W/g, '-'));
  writeRun(
    folder,
    renderRun(input).map((file) => ({ ...file, content: change(file.path, file.content) })),
  );
  return join(folder, input.address);
}

/** What the supervisor puts after the command that launch.sh gives it. */
const ranks = ['--root', '/ws', '--run', '/ws/runs/x', '--attempt', '1', '--token', 'ab', '--files', '/ws/bundles/x'];

/** The words after Python that start the ranks: launch.sh's, by running it, and the supervisor's. */
function commandOf(folder: string): readonly string[] {
  const place = `${folder}.launch`;
  mkdirSync(place);
  const { command } = launch(join(folder, 'launch.sh'), place, { SFT_NODE_RANK: '1', SFT_MASTER_ADDR: 'node-0' });
  return [...command.slice(1), ...ranks];
}

function readAll(): { results: Record<string, Read>; notes: string[] } {
  const asked = Object.entries(all).map(([name, each]) => {
    const folder = write(name, each);
    return { name, folder, world: each.input.derived.world, hidden_size: hidden, command: commandOf(folder) };
  });
  const script = fileURLToPath(new URL('read_engines.py', import.meta.url));
  const run = spawnSync(python(), [script], { input: JSON.stringify({ cases: asked }), encoding: 'utf8', cwd: top });
  const line = run.stdout.split('\n').find((each) => each.startsWith('RESULT '));
  assert.ok(line, run.stderr.slice(-4000));
  return JSON.parse(line.slice(7)) as { results: Record<string, Read>; notes: string[] };
}

const test = suite('real readers');
test.after(() => rmSync(top, { recursive: true, force: true }));
let known: ReturnType<typeof readAll> | undefined;

function readOf(name: string): Read {
  known ??= readAll();
  const read = known.results[name];
  assert.ok(read, name);
  return read;
}

function written(name: string, file: string): JsonObject {
  const { input, change = (_: string, content: string) => content } = all[name] as Case;
  const path = `${input.address}/${file}`;
  const found = renderRun(input).find((each) => each.path === path);
  return JSON.parse(change(path, found?.content ?? '{}')) as JsonObject;
}

/** Where an engine keeps a value in another form than it was given in. */
function asHeld(key: string, value: Json): Json {
  if (key === 'report_to' && value === 'none') return [];
  if (Array.isArray(value) && key !== 'report_to') return [...value].sort();
  return value;
}

function sameBlock(name: string, block: 'sft' | 'peft' | 'quantization', without: readonly string[] = []): void {
  const given = (written(name, 'train.json')[block] ?? {}) as JsonObject;
  const read = (readOf(name)[block] ?? {}) as JsonObject;
  for (const [key, value] of Object.entries(given)) {
    if (without.includes(key)) continue;
    assert.equal(read[key], asHeld(key, value), `${name}: ${block}.${key}`);
  }
}

/** What the Trainer should fill in for "auto", worked out here from the settings. */
function expectedAuto({ settings, derived }: RunInput): Readonly<Record<string, Json>> {
  return {
    'bf16.enabled': settings.precision === 'bf16',
    'fp16.enabled': settings.precision === 'fp16',
    gradient_accumulation_steps: derived.accumulation,
    gradient_clipping: settings.clipping,
    train_batch_size: derived.globalBatch,
    train_micro_batch_size_per_gpu: derived.microBatch,
    'zero_optimization.reduce_bucket_size': hidden * hidden,
    'zero_optimization.stage3_prefetch_bucket_size': Math.floor(0.9 * hidden * hidden),
    'zero_optimization.stage3_param_persistence_threshold': 10 * hidden,
  };
}

function leaves(value: Json, path = ''): [path: string, value: Json][] {
  if (!isObject(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner as Json, path === '' ? key : `${path}.${key}`));
}

function sameDeepspeed(name: string): void {
  const { input } = all[name] as Case;
  const auto = expectedAuto(input);
  const read = readOf(name).deepspeed;
  for (const [path, value] of leaves(written(name, 'deepspeed.json'))) {
    const expected = value === 'auto' ? auto[path] : value;
    assert.is.not(expected, undefined, `${path} is "auto", which the Trainer does not fill`);
    assert.equal(valueAt(read, path), expected, `${name}: deepspeed.json ${path}`);
  }
}

for (const [name, { input }] of Object.entries(all)) {
  if (name in controls) continue;
  test(`${name}: each key has its value in the engine`, () => {
    const read = readOf(name);
    assert.is(read.refused, undefined);
    // bf16 and fp16 without a GPU are read with use_cpu, so that alone is not compared there.
    const noGpu = known?.notes.length !== 0 && input.settings.precision !== 'fp32';
    sameBlock(name, 'sft', noGpu ? ['use_cpu'] : []);
    sameBlock(name, 'peft');
    sameBlock(name, 'quantization');
    if (input.settings.zero) sameDeepspeed(name);
  });

  test(`${name}: the launcher reads hosts, ports and module from what launch.sh says`, () => {
    const { hosts, processesPerHost, nodes } = input.layout;
    const { hostfile, launched } = readOf(name);
    const slots = Object.fromEntries(hosts.map((host) => [host, processesPerHost]));
    assert.equal(hostfile, hosts.length > 1 ? slots : undefined);
    assert.ok(launched);
    assert.equal(launched.rest, ['cdksft_trainer', 'train', ...ranks]);
    if (launched.program !== undefined) return byDeepspeed(launched as unknown as DeepspeedLaunch, input);
    if (launched.nnodes === undefined) return assert.is(nodes * processesPerHost, 1);
    assert.equal([launched.nnodes, launched.nproc_per_node], [String(nodes), String(processesPerHost)]);
    assert.equal(launched.master_port, rendezvousPort(input));
    assert.is(launched.module, true);
    assert.is(launched.node_rank, nodes > 1 ? 1 : 0);
  });
}

/** What pdsh would be told to do on every host, by DeepSpeed's own launcher. */
function byDeepspeed(launched: DeepspeedLaunch, input: RunInput): void {
  const { hosts, processesPerHost } = input.layout;
  assert.is(launched.program, 'pdsh');
  assert.equal(launched.hosts, hosts);
  assert.equal(launched.slots, Object.fromEntries(hosts.map((host) => [host, processesPerHost])));
  assert.is(launched.master_addr, hosts[0]);
  assert.is(launched.master_port, String(rendezvousPort(input)));
  // The words are a shell's: what it makes of them is what the ranks see.
  const shown = spawnSync('bash', ['-c', `${launched.exports} env -0`], { encoding: 'utf8', env: {} }).stdout.split(
    '\0',
  );
  const own = Object.entries({ ...input.settings.environment, TOKENIZERS_PARALLELISM: 'false' });
  // A secret is a reference; each host reads it for itself, and the launcher passes nothing of it on.
  for (const [key, value] of own)
    if (typeof value === 'string')
      assert.ok(shown.includes(`${key}=${value}`), `${key}=${value} in ${launched.exports}`);
    else assert.not.ok(launched.exports.includes(key), `${key} in ${launched.exports}`);
}

/** What a check says when it fails; uvu's own throws() lets failed checks through. */
function complaint(check: () => void): string {
  try {
    check();
  } catch (caught) {
    return (caught as Error).message;
  }
  return 'it passes';
}

test('negative controls: a misspelt key does not pass', () => {
  // DeepSpeed takes the section without a word and would not shard; only reading back shows it.
  assert.is(readOf('control: zero_optimisation').refused, undefined);
  assert.equal(readOf('control: zero_optimisation').deepspeed?.zero_optimisation, { missing: 'zero_optimisation' });
  assert.match(
    complaint(() => sameDeepspeed('control: zero_optimisation')),
    /zero_optimisation/,
  );
  assert.match(
    complaint(() => sameBlock('control: bnb_4bit_quant_typ', 'quantization')),
    /bnb_4bit_quant_typ/,
  );
  // A section refuses an unknown key, but drops "auto" before it looks.
  assert.is(readOf('control: stage3_prefetch_bucket').refused, undefined);
  assert.match(
    complaint(() => sameDeepspeed('control: stage3_prefetch_bucket')),
    /stage3_prefetch_bucket/,
  );
  assert.match(readOf('control: overlap_com').refused ?? '', /Extra inputs are not permitted/);
  assert.match(readOf('control: lora_alhpa').refused ?? '', /lora_alhpa/);
  assert.match(readOf('control: warmup_ratio').refused ?? '', /warmup_ratio/);
});

test('what this machine cannot read as it is, once', () => {
  readOf('local-cpu-lora');
  for (const note of known?.notes ?? []) console.log(`note: ${note}`);
  assert.ok((known?.notes.length ?? 2) <= 1);
});

test.run();
