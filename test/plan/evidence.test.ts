/** A plan with what is known of the rows: what it shows, and what it leaves as it is. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DataEvidence, PartTokens } from '../../lib/data/evidence/facts.ts';
import type { FineTuneProps } from '../../lib/index.ts';
import type { Job, Manifest } from '../../lib/manifest.ts';
import { withEvidence } from '../../lib/plan/evidence.ts';
import { runKey } from '../../lib/plan/match.ts';
import { assemble } from '../../lib/plan/plan.ts';
import type { JobStep, PlanBody } from '../../lib/plan/step.ts';
import { planText } from '../../lib/report/plan-text.ts';
import { jobOf, oneRun } from '../support/stack.ts';

/** 366 rows in batches of 8. */
function planned(change: Partial<FineTuneProps> = {}, before?: Job, presence: 'absent' | 'whole' = 'absent') {
  const collected = oneRun({ epochs: 2, ...change });
  const manifest = collected.manifests[0] as Manifest;
  const job = jobOf(collected);
  const artifacts = manifest.resources.filter(({ life }) => life === 'artifact');
  const observed = {
    presence: new Map(artifacts.map(({ address }) => [address, presence])),
    runs: new Map([[runKey(job), []]]),
  };
  const recorded = before
    ? [{ address: before.address, resource: before, attempts: [], artifacts: {}, appliedBy: 'b'.repeat(64) }]
    : [];
  return assemble({ tool: '0', project: 'p', manifest, state: undefined, recorded, observed });
}

const part = (tokens: Partial<PartTokens>): PartTokens => ({
  rows: 366,
  dropped: { cutOff: 0, untrained: 0 },
  cut: 0,
  tokensBefore: 40_000,
  sequences: 366,
  tokens: 40_000,
  trainedTokens: 21_000,
  ...tokens,
});
const known = (tokens: Partial<PartTokens>, more: Partial<DataEvidence> = {}): DataEvidence => ({
  maxLength: 2048,
  tokens: { tokenizer: 't', isLoaded: true, train: part(tokens) },
  ...more,
});
const runOf = ({ steps }: PlanBody) => steps.find(({ life }) => life === 'job') as JobStep;
const told = (plan: PlanBody, after: DataEvidence, before?: DataEvidence) =>
  withEvidence(plan, new Map([['sft', { after, ...(before ? { before } : {}) }]]), []);
const linesOf = (plan: PlanBody) =>
  planText(plan)
    .split('\n')
    .filter((line) => / data | run |^ {8}/.test(line));

test('a new run: tokens beside its data; without dropped rows the steps are those of the settings', () => {
  const plan = planned();
  const shown = told(plan, known({ tokens: 2_140_000, trainedTokens: 999_950, cut: 1 }));
  assert.is(runOf(shown).derived, runOf(plan).derived);
  assert.equal(linesOf(shown), [
    '  + data        rows                      366 rows · alpaca format · 2.1 M tokens, 1.0 M of them trained, 1 row cut at 2,048',
    '  + run         sft                       it has not run yet',
    '        => global batch 8 · accumulation 1 · ranks 1 · 92 steps · warm-up 3 steps',
  ]);
});

test('rows that are dropped leave fewer steps, and are told with the reason', () => {
  const cut = { sequences: 350, dropped: { cutOff: 12, untrained: 4 }, cut: 30 };
  const shown = told(planned(), known(cut, { maxLength: 64 }));
  const { rows, stepsPerEpoch, steps, warmupSteps } = runOf(shown).derived?.after ?? {};
  assert.equal([rows, stepsPerEpoch, steps, warmupSteps], [350, 44, 88, 3]);
  assert.equal(linesOf(shown).slice(2), [
    '        dropped         16 of 366 rows: 12 with nothing left to learn at 64 tokens, 4 with nothing in them to learn',
    '        => global batch 8 · accumulation 1 · ranks 1 · 88 steps · warm-up 3 steps',
  ]);
  const none = told(planned(), known({ sequences: 0, dropped: { cutOff: 366, untrained: 0 } }, { maxLength: 4 }));
  assert.match(planText(none), 'dropped         366 of 366 rows, which leaves none: nothing left to learn at 4 tokens');
});

test('packed rows: sequences, and the steps that follow from them', () => {
  const plan = planned({ packing: true, attention: 'flash_attention_2' } as Partial<FineTuneProps>);
  assert.is((plan.manifest.resources.at(-1) as Job).derived.steps, undefined);
  const shown = told(plan, known({ sequences: 80 }, { packing: true }));
  assert.is(runOf(shown).derived?.after?.steps, 20);
  assert.match(planText(shown), '21,000 of them trained, packed into 80 sequences, 0 rows cut at 2,048');
});

test('beside the run as it was applied: both numbers where both are known, and the new one alone where not', () => {
  const before = jobOf(oneRun({ epochs: 2 }));
  const plan = planned({ learningRate: 1e-5 }, before, 'whole');
  const dropped = { sequences: 320, dropped: { cutOff: 46, untrained: 0 } };
  const same = linesOf(told(plan, known(dropped), known(dropped)));
  assert.match(same.join('\n'), /tokens {10}40,000, 21,000 of them trained, 0 rows cut at 2,048\n/);
  assert.match(same.join('\n'), ' · 80 steps · ');
  const other = linesOf(told(plan, known({ ...dropped, tokens: 30_000 }), known({})));
  assert.match(other.join('\n'), 'tokens          40,000 -> 30,000 · 21,000 of them trained · 0 rows cut');
  assert.match(other.join('\n'), ' · 92 -> 80 steps · ');
  assert.match(linesOf(told(plan, known(dropped))).join('\n'), ' · 80 steps · ');
});

test('what is not known is said, beside the data or the run', () => {
  const unknown: DataEvidence = { maxLength: 2048, tokens: { unknown: 'nobody counted' } };
  const fresh = told(planned(), unknown);
  assert.match(planText(fresh), '366 rows · alpaca format · tokens unknown: nobody counted');
  assert.match(planText(fresh), ' · 92 steps · ');
  const later = told(planned({ learningRate: 1e-5 }, jobOf(oneRun({ epochs: 2 })), 'whole'), unknown);
  assert.match(planText(later), '        tokens          unknown: nobody counted');
});

test('evidence changes nothing of what a run is', () => {
  const plan = planned();
  const { manifest, steps } = told(plan, known({ sequences: 9, dropped: { cutOff: 357, untrained: 0 } }));
  assert.is(manifest, plan.manifest);
  const plainly = (all: PlanBody['steps']) =>
    all.map(({ address, verb, because, needs }) => ({ address, verb, because, needs }));
  assert.equal(plainly(steps), plainly(plan.steps));
});

test.run();
