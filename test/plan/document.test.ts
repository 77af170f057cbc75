import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readPlanFile, writePlanFile } from '../../lib/apply/plan-file.ts';
import { UserError } from '../../lib/errors.ts';
import { checkFresh, planText, readPlan, staleness } from '../../lib/plan/document.ts';
import { makePlan, type PlanInput, seal } from '../../lib/plan/plan.ts';
import type { Plan } from '../../lib/plan/step.ts';
import { stackOf } from '../support/stacks.ts';
import { stateOf } from '../support/states.ts';

const here = { tool: '0.1.0', project: 'tests' };

function plan(more: Partial<PlanInput> = {}): Plan {
  const observed = { root: '/w', presence: new Map(), runs: new Map() };
  const base = { manifest: stackOf({ sft: { maxSteps: 10 } }), state: undefined, recorded: [], observed };
  return makePlan({ ...here, ...base, inputs: { 'data file rows.json': 'aa' }, ...more });
}

const saved = planText(plan());

test('what is saved is read back; the file is for its owner alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sft-plan-'));
  const path = join(folder, 'p.json');
  writePlanFile(path, plan());
  assert.equal(readPlanFile(path, here), JSON.parse(saved));
  assert.is(statSync(path).mode & 0o777, 0o600);
  assert.is(readFileSync(path, 'utf8'), saved);
  assert.throws(() => readPlanFile(join(folder, 'none.json'), here), /There is no plan/);
  rmSync(folder, { recursive: true });
});

const isInvalid = (text: string, pattern: RegExp) =>
  assert.throws(
    () => readPlan(text, 'p.json', here),
    (error: UserError) => error.exit === 1 && error.findings[0]?.id === 'plan/invalid' && pattern.test(error.message),
  );

test('any byte changed, or any cut, is an invalid plan', () => {
  fc.assert(
    fc.property(fc.nat(saved.length - 1), fc.constantFrom('x', '0', ' ', '"', '}'), (at, character) => {
      if (saved[at] === character) return;
      isInvalid(saved.slice(0, at) + character + saved.slice(at + 1), /./);
    }),
  );
  fc.assert(fc.property(fc.nat(saved.length - 1), (end) => isInvalid(saved.slice(0, end), /./)));
  isInvalid(` ${saved}`, /changed/);
  isInvalid(JSON.stringify(JSON.parse(saved), null, 2), /changed/);
});

test('another major version, format or project is invalid, and says so', () => {
  const { hash: _, ...body } = plan();
  isInvalid(planText(seal({ ...body, tool: '1.0.0' })), /made by cdksft 1\.0\.0/);
  isInvalid(planText(seal({ ...body, format: 2 as 1 })), /made by cdksft/);
  isInvalid(planText(seal({ ...body, project: 'theirs' })), /project theirs/);
  assert.is(readPlan(planText(seal({ ...body, tool: '0.9.0' })), 'p', here).tool, '0.9.0');
});

const told = (of: Plan, ...rest: [Parameters<typeof staleness>[1], Parameters<typeof staleness>[2]?]) =>
  staleness(of, ...rest).map((finding) => finding.message);

test('fresh: the state that it was made from, or one that this plan alone has made of it', () => {
  const first = plan();
  assert.equal(told(first, undefined), []);
  const own = { plan: first.hash, since: 0 };
  assert.equal(told(first, { ...stateOf(1), writtenBy: own }), []);
  assert.equal(told(first, { ...stateOf(3), writtenBy: own }), []);
  const later = plan({ state: { lineage: 'a-lineage', serial: 4 } });
  assert.equal(told(later, stateOf(4)), []);
  assert.equal(told(later, { ...stateOf(6), writtenBy: { plan: later.hash, since: 4 } }), []);
});

test('stale: grown by another, another lineage, gone; each named, with exit 5', () => {
  const later = plan({ state: { lineage: 'a-lineage', serial: 4 } });
  assert.match(told(later, stateOf(5))[0] ?? '', /made from state 4; it is state 5 now/);
  assert.match(told(later, { ...stateOf(4), lineage: 'b' })[0] ?? '', /lineage/);
  assert.match(told(later, undefined)[0] ?? '', /no state now/);
  const mixed = { ...stateOf(6), writtenBy: { plan: later.hash, since: 5 } };
  assert.is(told(later, mixed).length, 1, 'another plan wrote in between');
  assert.is(told(plan(), stateOf(1)).length, 1);
  assert.throws(
    () => checkFresh(later, stateOf(5)),
    (error: UserError) => error.exit === 5,
  );
});

test('stale: a file that it rests on has changed or is gone', () => {
  const first = plan();
  assert.equal(told(first, undefined, { 'data file rows.json': 'aa', more: 'b' }), []);
  assert.equal(told(first, undefined, { 'data file rows.json': 'ab' }), ['The data file rows.json has changed.']);
  assert.equal(told(first, undefined, {}), ['The data file rows.json is gone.']);
  assert.instance(new UserError(staleness(first, undefined, {})), UserError);
});

test.run();
