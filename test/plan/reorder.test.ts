/** Hosts are a set, as far as a plan goes: which one is written first is no change. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Cluster } from '../../lib/index.ts';
import { Bench, verbs } from '../support/desk.ts';
import { ModelTarget } from '../support/model-target.ts';
import { oneRun } from '../support/stack.ts';

function onHosts(hosts: readonly string[]) {
  const { manifests, findings } = oneRun(({ stack }) => ({
    cluster: Cluster.ssh(stack, 'nodes', {
      hosts: [...hosts],
      gpus: { type: 'H100', perNode: 8 },
      workspace: '/shared/w',
    }),
  }));
  assert.equal(
    findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  const [manifest] = manifests;
  if (!manifest) throw new Error('no manifest');
  return { ...manifest, stack: 'example' };
}

test('hosts in another order: nothing to do; another host: something', async () => {
  const it = new Bench(new ModelTarget());
  assert.is((await it.planAndApply(onHosts(['node-1', 'node-2', 'node-3']))).exit, 0);
  assert.equal(verbs(await it.plan(onHosts(['node-3', 'node-1', 'node-2']))), {});
  assert.equal(verbs(await it.plan(onHosts(['node-[1-3]']))), {}, 'as an expression');
  assert.is.not(JSON.stringify(verbs(await it.plan(onHosts(['node-1', 'node-2', 'node-4'])))), '{}');
  it.close();
});

test.run();
