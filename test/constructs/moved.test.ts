/** Renames as they are declared: what is said of those that cannot be. */
import { Construct } from 'constructs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { collect } from '../../lib/constructs/collect.ts';
import { FineTune, lora, type Stack } from '../../lib/index.ts';
import { parts } from '../support/stack.ts';

/** A stack of runs at these paths, with what `declare` says of it. */
function told(runs: readonly string[], declare: (stack: Stack) => void) {
  const { app, stack, model, data, cluster } = parts();
  for (const run of runs) {
    const names = run.split('/');
    const scope = names
      .slice(0, -1)
      .reduce<Construct>((at, id) => (at.node.tryFindChild(id) as Construct) ?? new Construct(at, id), stack);
    new FineTune(scope, names.at(-1) ?? '', { model, data, cluster, method: lora(), batch: { micro: 8 } });
  }
  declare(stack);
  const { manifests, findings } = collect(app);
  return { ids: findings.map(({ id }) => id), findings, moved: manifests[0]?.moved };
}

test('what is declared stands in the manifest; without any there is no key', () => {
  const one = told(['new/sft'], (stack) => stack.moved({ from: 'old', to: 'new' }).moved({ from: 'older', to: 'old' }));
  assert.equal(one.ids, []);
  assert.equal(one.moved, [
    { from: 'old', to: 'new' },
    { from: 'older', to: 'old' },
  ]);
  assert.is(told(['sft'], () => undefined).moved, undefined);
  assert.equal(told(['sft/train'], (stack) => stack.moved({ from: 'sft', to: 'sft/train' })).ids, []);
});

test('a loop, one name twice, a name that is still there, a name that is not: each at its line', () => {
  const loop = told(['a'], (stack) => stack.moved({ from: 'a', to: 'b' }).moved({ from: 'b', to: 'a' }));
  assert.equal(loop.ids, ['moved/loop', 'moved/loop']);
  assert.match(loop.findings[0]?.where.at ?? '', /moved\.test\.ts:\d+/);
  assert.equal(told(['a'], (stack) => stack.moved({ from: 'a', to: 'a' })).ids, ['moved/loop']);
  assert.equal(told(['b', 'c'], (stack) => stack.moved({ from: 'a', to: 'b' }).moved({ from: 'a', to: 'c' })).ids, [
    'moved/twice',
    'moved/twice',
  ]);
  assert.equal(told(['a', 'b'], (stack) => stack.moved({ from: 'a', to: 'b' })).ids, ['moved/from-exists']);
  assert.equal(told(['a/x', 'b/x'], (stack) => stack.moved({ from: 'a', to: 'b' })).ids, ['moved/from-exists']);
  assert.equal(told(['b'], (stack) => stack.moved({ from: 'a', to: 'bb' })).ids, ['moved/to-missing']);
});

test('what is no rename at all', () => {
  for (const given of [
    undefined,
    {},
    { from: 'a' },
    { from: '/a', to: 'b' },
    { from: 'a', to: 'b/' },
    { from: 1, to: 2 },
  ])
    assert.equal(told(['b'], (stack) => stack.moved(given as never)).ids, ['moved/invalid']);
});

test.run();
