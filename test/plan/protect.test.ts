/** Runs that must not get lost: removing or superseding one is an error of the plan, lifted by a plan of its own. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { destroy } from '../../lib/apply/destroy.ts';
import { collect } from '../../lib/constructs/collect.ts';
import type { UserError } from '../../lib/errors.ts';
import { FineTune, lora, type StackProps } from '../../lib/index.ts';
import type { Plan } from '../../lib/plan/step.ts';
import { planText } from '../../lib/report/plan-text.ts';
import { Bench, verbs } from '../support/desk.ts';
import { ModelTarget } from '../support/model-target.ts';
import { jobOf, parts } from '../support/stack.ts';
import { stackOf } from '../support/stacks.ts';

const plain = { maxSteps: 10 };
const kept = stackOf({ sft: { ...plain, protect: true } });
const ids = (plan: Plan) => plan.findings.filter(({ severity }) => severity === 'error').map(({ id }) => id);

async function applied(manifest = kept): Promise<Bench> {
  const it = new Bench(new ModelTarget());
  assert.is((await it.planAndApply(manifest)).exit, 0);
  return it;
}

test('superseding: refused, whether the record or only the program says it', async () => {
  const it = await applied();
  for (const protect of [true, undefined]) {
    const plan = await it.plan(stackOf({ sft: { maxSteps: 20, ...(protect ? { protect } : {}) } }));
    assert.equal(ids(plan), ['plan/protected']);
    assert.match(plan.findings[0]?.fix ?? '', /protect: false/);
    try {
      await it.apply(plan);
      assert.unreachable();
    } catch (caught) {
      assert.is((caught as UserError).exit, 1);
    }
  }
  assert.is(it.target.ledger.length, 1);
  it.close();
  const other = await applied(stackOf({ sft: plain }));
  const plan = await other.plan(stackOf({ sft: { maxSteps: 20, protect: true } }));
  assert.equal(ids(plan), ['plan/protected']);
  assert.match(plan.findings[0]?.fix ?? '', /take protect: true out/);
  other.close();
});

test('removing: the record alone refuses it, also where the target does not tell', async () => {
  const it = await applied();
  assert.equal(ids(await it.plan(stackOf({}))), ['plan/protected']);
  it.target.blind = true;
  assert.equal(ids(await it.plan(stackOf({}))), ['plan/protected']);
  it.close();
});

test('lifting is in place, and then everything goes', async () => {
  const it = await applied();
  const lifted = await it.plan(stackOf({ sft: plain }));
  assert.equal(ids(lifted), []);
  assert.equal(verbs(lifted), { sft: 'update' });
  assert.is((await it.apply(lifted)).exit, 0);
  assert.is(it.target.ledger.length, 1, 'nothing restarts');
  assert.equal(verbs(await it.plan(stackOf({}))), { sft: 'stop' });
  assert.equal(ids(await it.plan(stackOf({ sft: { maxSteps: 20 } }))), []);
  it.close();
});

test('other changes go on, and the plan shows that it is protected', async () => {
  const it = await applied();
  const plan = await it.plan(stackOf({ sft: { ...plain, protect: true, logging: 5 } }));
  assert.equal(ids(plan), []);
  assert.equal(verbs(plan), { sft: 'update' });
  assert.match(planText(plan), /~ run +sft .* · protected$/m);
  assert.match(planText(await it.plan(kept)), /^ {4}run +sft +it is running · protected$/m);
  it.close();
});

test('destroy: the whole stack is refused before anything is touched', async () => {
  const it = await applied(stackOf({ a: plain, b: { ...plain, protect: true } }));
  const { signal } = new AbortController();
  try {
    await destroy({
      stack: 'example',
      target: it.target,
      desk: it.desk(),
      signal,
      emit: () => undefined,
      results: [],
    });
    assert.unreachable();
  } catch (caught) {
    assert.equal(
      (caught as UserError).findings.map(({ id }) => id),
      ['destroy/protected'],
    );
    assert.match((caught as UserError).findings[0]?.message ?? '', /example\/b is protected/);
  }
  assert.equal(it.target.removed, []);
  assert.is((await it.state())?.recorded.length, 2);
  it.close();
});

test('a Stack protects its runs; a run’s own word counts before; identity does not depend on it', () => {
  const said = (stack: StackProps, own: { protect?: boolean }) => {
    const made = parts('demo', stack);
    const { model, data, cluster } = made;
    new FineTune(made.stack, 'sft', { model, data, cluster, method: lora(), batch: { micro: 8 }, ...own });
    return jobOf(collect(made.app));
  };
  const none = said({}, {});
  assert.not('protect' in none.settings);
  for (const job of [said({ protect: true }, {}), said({}, { protect: true })]) {
    assert.is(job.settings.protect, true);
    assert.is(job.identity, none.identity);
  }
  assert.not('protect' in said({ protect: true }, { protect: false }).settings);
  const { findings } = collect(parts('demo', { protct: true } as never).app);
  assert.match(findings[0]?.fix ?? '', /Did you mean "protect"/);
});

test.run();
