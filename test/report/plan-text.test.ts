/** Plans of a real tree, as they are printed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Job, Manifest } from '../../lib/manifest.ts';
import { runKey } from '../../lib/plan/match.ts';
import { makePlan } from '../../lib/plan/plan.ts';
import { planText } from '../../lib/report/plan-text.ts';
import type { Found, Presence } from '../../lib/state/attempt.ts';
import type { State } from '../../lib/state/state.ts';
import { jobOf, oneRun } from '../support/stack.ts';

function manifestOf(change: Parameters<typeof oneRun>[0] = {}): Manifest {
  const { manifests, findings } = oneRun(change);
  const [manifest] = manifests;
  if (!manifest) throw new Error(JSON.stringify(findings));
  return manifest;
}

const attempt = { n: 1, token: 'a'.repeat(64), handle: 'h', checkpoint: 20, step: 25 };

function stateOf(job: Job): State {
  const recorded = { address: job.address, resource: job, attempts: [], artifacts: {}, appliedBy: 'b'.repeat(64) };
  const base = { format: 1, tool: '0', stack: 'demo', lineage: 'l', serial: 1, epoch: 1, journal: 0 } as const;
  return { ...base, writtenBy: { plan: 'b'.repeat(64), since: 1 }, recorded: [recorded] };
}

function textOf(manifest: Manifest, presence: Presence, runs: readonly [Job, readonly Found[]][], state?: State) {
  const artifacts = manifest.resources.filter((resource) => resource.life === 'artifact');
  const observed = {
    root: '/root-of-workspace',
    presence: new Map(artifacts.map((artifact) => [artifact.address, presence])),
    runs: new Map(runs.map(([job, found]) => [runKey(job), found])),
  };
  return planText(makePlan({ tool: '0', project: 'p', manifest, state, recorded: state?.recorded ?? [], observed }))
    .replace(/environment\/[0-9a-f]{12}/, 'environment/KEY')
    .replace(/\S+plan-text\.test\.ts:\d+|\S*test\/support\/stack\.ts:\d+/, 'PLACE');
}

test('a first plan: all is added, each with what is known of it', () => {
  const manifest = manifestOf({ batch: { micro: 8, global: 16 }, epochs: 2, learningRate: 1e-4 });
  const text = textOf(manifest, 'absent', [[jobOf({ manifests: [manifest], findings: [] }), []]]);
  assert.match(text, /^demo {33}here · local · 1 process on the CPU\n\n/);
  assert.match(text, /^ {2}\+ environment {1}environment\/KEY +\d+ Python packages$/m);
  assert.match(text, /^ {2}\+ bundle +sft#bundle +\d+ files$/m);
  assert.match(text, /^ {2}\+ data +rows +\d+ rows · alpaca format$/m);
  assert.match(text, /^ {2}\+ run +sft +it has not run yet$/m);
  assert.match(text, /^ {8}=> global batch 16 · accumulation 2 · ranks 1 · \d+ steps · warm-up \d+ steps$/m);
  assert.match(text, /\n\nPlan: 4 to add, 0 to remove\. +PLACE$/);
});

test('a new run beside the old: each field with before, after, class and reason; effects as before -> after', () => {
  const before = jobOf({ manifests: [manifestOf()], findings: [] });
  const manifest = manifestOf({ learningRate: 1e-4, batch: { micro: 8, global: 16 } });
  const job = jobOf({ manifests: [manifest], findings: [] });
  const text = textOf(manifest, 'whole', [[job, []]], stateOf(before));
  assert.match(text, /^ {2}± run +sft +a changed setting shapes what is learnt/m);
  assert.match(text, /^ {8}learningRate +2e-4 -> 1e-4 +semantic: changes what is learnt: a new run$/m);
  assert.match(text, /=> global batch 8 -> 16 · accumulation 1 -> 2 · ranks 1 · \d+ -> \d+ steps/);
  assert.match(text, /Plan: 0 to add, 1 new run, 0 to remove\./);
});

test('nothing to do, and what is not known', () => {
  const manifest = manifestOf();
  const job = jobOf({ manifests: [manifest], findings: [] });
  const running: Found = { ...attempt, state: 'running' };
  assert.match(
    textOf(manifest, 'whole', [[job, [running]]], stateOf(job)),
    /^ {4}run +sft +it is running\n\nNothing to do\. /m,
  );
  const unknown = textOf(manifest, 'whole', [], stateOf(job));
  assert.match(unknown, /^ {2}\? run +sft +unknown: the target did not say/m);
  assert.match(unknown, /Plan: 0 to add, 0 to remove, 1 unknown\./);
});

test('a run that is no longer in the program', () => {
  const manifest = manifestOf();
  const job = jobOf({ manifests: [manifest], findings: [] });
  const old = { ...job, address: 'old', identity: 'c'.repeat(64) };
  const text = textOf(manifest, 'whole', [[job, []]], stateOf(old));
  assert.match(text, /^ {2}\? run +old +unknown: /m);
  const ended: Found = { ...attempt, state: 'ended', cause: 'done' };
  const known = textOf(
    manifest,
    'whole',
    [
      [job, []],
      [old, [ended]],
    ],
    stateOf(old),
  );
  assert.match(known, /^ {2}- run +old +forgotten: it is no longer in the program/m);
  assert.match(known, /Plan: 1 to add, 1 to remove\./);
});

test('overrides are told below a run that starts, and each change of one with its class', () => {
  const overrides = { 'train.json': { '/sft/adam_beta2': 0.95, '/sft/disable_tqdm': null } };
  const manifest = manifestOf({ overrides });
  const text = textOf(manifest, 'absent', [[jobOf({ manifests: [manifest], findings: [] }), []]]);
  assert.match(text, /^ {8}overrides train\.json#\/sft\/adam_beta2 = 0\.95$/m);
  assert.match(text, /^ {8}overrides train\.json#\/sft\/disable_tqdm taken out$/m);
  const before = jobOf(oneRun({ overrides: { 'train.json': { '/sft/adam_beta2': 0.9 } } }));
  const change = textOf(manifest, 'whole', [], stateOf(before));
  assert.match(change, /overrides\.train\.json#\/sft\/adam_beta2 +0\.9 -> 0\.95 +semantic: /);
});

test.run();
