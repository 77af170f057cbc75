/** How the ranks of a run are started: the words of one command, ready for a shell. */
import { type Sha, sha256 } from '../base/hash.ts';
import { quote, variableNeeded, variableOr } from '../base/shell.ts';
import type { Layout } from '../manifest.ts';

export interface Launch {
  readonly stack: string;
  readonly address: string;
  readonly identity: Sha;
  readonly layout: Layout;
  /** Port of sshd on the hosts, where it is not 22. */
  readonly sshPort?: number | undefined;
}

/**
 * The port at which ranks meet: 20000 to 29999, derived from the run, so that runs that share a host rarely share a
 * port; below 32768, where the kernel begins to hand out its own. `SFT_PORT` overrules it.
 */
export function rendezvousPort({ stack, address, identity }: Omit<Launch, 'layout'>): number {
  return 20000 + (Number.parseInt(sha256(`${stack}/${address}\n${identity}`).slice(0, 8), 16) % 10000);
}

/** Node 0, where rank 0 is. Slurm chooses the hosts, so its batch script says which is first. */
function first({ hosts }: Layout): string {
  const [host] = hosts;
  return host === undefined ? variableNeeded('SFT_MASTER_ADDR', 'is the first host of the job') : quote(host);
}

const trainer = ['cdksft_trainer', 'train'];

function torchrun(launch: Launch): string[][] {
  const { nodes, processesPerHost } = launch.layout;
  const several = nodes > 1;
  return [
    ['-m', 'torch.distributed.run'],
    ['--nnodes', String(nodes), '--nproc_per_node', String(processesPerHost)],
    [
      '--node_rank',
      several ? variableNeeded('SFT_NODE_RANK', 'is the place of this host in the order of hosts, from 0') : '0',
    ],
    ['--master_addr', several ? first(launch.layout) : '127.0.0.1'],
    ['--master_port', variableOr('SFT_PORT', rendezvousPort(launch))],
    // Without the dashes its parser takes the trainer's own --run for one of its options cut short.
    ['--module', '--', ...trainer],
  ];
}

function deepspeed(launch: Launch): string[][] {
  return [
    ['-m', 'deepspeed.launcher.runner'],
    ['--hostfile', '"$files/hostfile"'],
    ['--master_addr', first(launch.layout)],
    ['--master_port', variableOr('SFT_PORT', rendezvousPort(launch))],
    ['--launcher', 'pdsh', '--no_local_rank'],
    ...(launch.sshPort === undefined ? [] : [['--ssh_port', String(launch.sshPort)]]),
    ['--module', ...trainer],
  ];
}

/** Python's arguments, one line of the script each. They are shell words: what must expand is quoted already. */
export function launchArguments(launch: Launch): string[][] {
  switch (launch.layout.launcher) {
    case 'python':
      return [['-m', ...trainer]];
    case 'torchrun':
      return torchrun(launch);
    case 'deepspeed':
      return deepspeed(launch);
  }
}
