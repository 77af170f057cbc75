import { expandHosts } from '../base/hostlist.ts';
import type { Layout } from '../manifest.ts';
import type { RunSettings } from '../settings/run.ts';

/**
 * DeepSpeed's own launcher where it shards over several named hosts. On one host, and on Slurm, where srun starts one a
 * node, torchrun starts the same ranks: DeepSpeed's would count the devices itself, read a hostfile that happens to lie
 * at /job/hostfile, and drop CUDA_VISIBLE_DEVICES.
 */
function launcherOf(hosts: number, world: number, sharded: boolean): Layout['launcher'] {
  if (!sharded) return world > 1 ? 'torchrun' : 'python';
  return hosts > 1 ? 'deepspeed' : 'torchrun';
}

const expanded = new WeakMap<object, readonly string[]>();

/** Runs of one cluster share its settings, and so its list of hosts. */
function hostsOf(cluster: RunSettings['cluster'] & { kind: 'ssh' }): readonly string[] {
  let hosts = expanded.get(cluster);
  if (!hosts) {
    hosts = expandHosts(cluster.hosts);
    expanded.set(cluster, hosts);
  }
  return hosts;
}

/** Where and how wide a run is. Throws RangeError for a host list that cannot be read. */
export function layoutOf(cluster: RunSettings['cluster'], sharded: boolean): Layout {
  const hosts = cluster.kind === 'local' ? ['localhost'] : cluster.kind === 'ssh' ? hostsOf(cluster) : [];
  const nodes = cluster.kind === 'slurm' ? cluster.nodes : hosts.length;
  const processesPerHost = cluster.kind === 'local' ? (cluster.gpus?.count ?? cluster.processes) : cluster.gpus.perNode;
  const device = cluster.kind === 'local' && !cluster.gpus ? 'cpu' : 'gpu';
  const launcher = launcherOf(hosts.length, nodes * processesPerHost, sharded);
  return { target: cluster.kind, hosts, nodes, processesPerHost, device, launcher };
}
