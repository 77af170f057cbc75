/** Where runs go: this machine, hosts over ssh, or a Slurm partition. */
import * as z from 'zod';
import { kinds, setting } from './table.ts';

/** RFC 1123 names, dots and a bracketed range, for `h200-[01-08]`. */
const hostExpression = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.,[\]-]*$/, 'is no host name or hostlist expression such as h200-[01-08]');

/** Absolute, printable, without characters that a shell or a hostfile could read as something else. */
export const nodePath = z.string().regex(/^\/[\w./@+-]*$/, 'is no absolute path of letters, digits and ./@+_-');

const gpus = z.strictObject({
  type: setting(kinds.text, { class: 'placement', doc: 'GPU model, for example H200.' }),
  perNode: setting(z.int().min(1).max(16), {
    class: 'placement',
    doc: 'GPUs of each node; one rank each.',
    place: 'hostfile',
    via: 'slots=',
  }),
});

const workspace = setting(nodePath, {
  class: 'placement',
  doc: 'Folder that all nodes see, for environments, data, runs.',
});

export const localCluster = z.strictObject({
  workspace: setting(kinds.text.default('.sft/workspace'), {
    class: 'placement',
    doc: 'Folder for environments, data and runs; relative to the project’s folder.',
  }),
  gpus: setting(z.strictObject({ type: kinds.text, count: z.int().min(1).max(16) }).optional(), {
    class: 'placement',
    doc: 'GPUs of this machine, one rank each; absent: train on the CPU.',
    place: 'train.json#/sft/use_cpu',
    via: 'true where there are no gpus',
  }),
  processes: setting(z.int().min(1).max(64).default(1), {
    class: 'placement',
    doc: 'Ranks on the CPU (gloo); with gpus their count is used.',
    unit: 'processes',
  }),
  python: setting(kinds.text.default('python3'), {
    class: 'operational',
    doc: 'Python (3.11 to 3.13) that the environment is made with.',
  }),
});

export const sshCluster = z.strictObject({
  hosts: setting(z.union([hostExpression, z.array(hostExpression).min(1)]), {
    class: 'placement',
    doc: 'Hosts as a hostlist expression or a list; rank 0 is on the first.',
    place: 'hostfile',
  }),
  gpus,
  workspace,
  user: setting(
    z
      .string()
      .regex(/^[a-z_][a-z0-9_-]*$/, 'is no user name')
      .optional(),
    {
      class: 'operational',
      doc: 'User on the hosts; default as in the ssh config.',
    },
  ),
  port: setting(z.int().min(1).max(65535).optional(), {
    class: 'operational',
    doc: 'Port of sshd; default as in the ssh config.',
  }),
});

/** What sbatch takes as a name: no blanks, quotes or newlines that could add a directive. */
const slurmName = z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'is no Slurm name');

export const slurmCluster = z.strictObject({
  nodes: setting(z.int().min(1).max(1024), { class: 'placement', doc: 'Nodes of each job.', unit: 'nodes' }),
  gpus,
  workspace,
  partition: setting(slurmName.optional(), { class: 'placement', doc: 'Partition; default the cluster’s.' }),
  account: setting(slurmName.optional(), { class: 'operational', doc: 'Account that is charged.' }),
  qos: setting(slurmName.optional(), { class: 'operational', doc: 'Quality of service.' }),
  timeLimit: setting(
    z
      .string()
      .regex(/^(\d+-)?\d{1,2}:\d{2}(:\d{2})?$/, 'is no Slurm time such as 4:00:00')
      .optional(),
    {
      class: 'operational',
      doc: 'Time limit of one attempt, as days-hours:minutes:seconds.',
    },
  ),
});

export type ClusterSettings =
  | ({ kind: 'local' } & z.output<typeof localCluster>)
  | ({ kind: 'ssh' } & z.output<typeof sshCluster>)
  | ({ kind: 'slurm' } & z.output<typeof slurmCluster>);
