import { expandHosts } from '../base/hostlist.ts';
import type { Layout } from '../manifest.ts';
import type { RunSettings } from '../settings/run.ts';

/** DeepSpeed’s launcher where it shards; on Slurm srun starts one torchrun a node, which DeepSpeed takes as well. */
function launcherOf(kind: Layout['target'], world: number, sharded: boolean): Layout['launcher'] {
  if (kind === 'slurm') return 'torchrun';
  if (sharded) return 'deepspeed';
  return world > 1 ? 'torchrun' : 'python';
}

/** Where and how wide a run is. Throws RangeError for a host list that cannot be read. */
export function layoutOf(cluster: RunSettings['cluster'], sharded: boolean): Layout {
  const hosts = cluster.kind === 'local' ? ['localhost'] : cluster.kind === 'ssh' ? expandHosts(cluster.hosts) : [];
  const nodes = cluster.kind === 'slurm' ? cluster.nodes : hosts.length;
  const processesPerHost = cluster.kind === 'local' ? (cluster.gpus?.count ?? cluster.processes) : cluster.gpus.perNode;
  const device = cluster.kind === 'local' && !cluster.gpus ? 'cpu' : 'gpu';
  const launcher = launcherOf(cluster.kind, nodes * processesPerHost, sharded);
  return { target: cluster.kind, hosts, nodes, processesPerHost, device, launcher };
}
