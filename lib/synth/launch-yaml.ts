/**
 * `launch.yaml`: the steps of an apply in order, each with where it runs, what it runs, what it expects, and what it
 * leaves behind. A view of the resources for people and programs; `sft apply` itself reads the plan.
 */
import { short } from '../base/hash.ts';
import { isObject, type Json } from '../base/json.ts';
import { referenceText, type SecretReference } from '../base/secret.ts';
import type { Artifact, ArtifactKind, Job, Manifest, Resource } from '../manifest.ts';
import type { Override } from '../settings/documents.ts';
import { eachOverride } from '../settings/overrides.ts';
import type { RunSettings } from '../settings/run.ts';
import { secretsOf, variables } from './environment.ts';
import { heading } from './heading.ts';
import { launchArguments, rendezvousPort } from './launcher.ts';
import { overriddenText, overrideValue } from './overrides.ts';
import { yamlText } from './yaml-text.ts';

interface LaunchStep {
  readonly step: string;
  readonly does: string;
  readonly after: readonly string[];
  readonly hosts: readonly string[];
  readonly command: string;
  /** What `launch.sh` makes of it: how the ranks are started. */
  readonly starts?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that the supervisor fills in on the node. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly ports: readonly number[];
  readonly expects: readonly string[];
  readonly leaves: readonly string[];
}

/** Paths are below the workspace; `environments/KEY-*` ends with Python's version, which the target knows. */
const leavesOf: Readonly<Record<ArtifactKind, (key: string) => string>> = {
  environment: (key) => `environments/${key}-*/`,
  bundle: (key) => `bundles/${key}/`,
  data: (key) => `data/${key}/`,
  weights: (key) => `weights/${key}/`,
};

const doesOf: Readonly<Record<ArtifactKind, string>> = {
  environment: 'makes a Python environment with the packages of requirements.txt',
  bundle: 'copies the files of the run and the trainer',
  data: 'prepares the rows: reads, samples, formats, splits',
  weights: 'makes random weights from the config, and a tokenizer from the rows',
};

const commandOf: Readonly<Record<ArtifactKind, string>> = {
  environment: '"$SFT_PYTHON" -m venv "$ENVIRONMENT" && "$ENVIRONMENT/bin/python" -m pip install -r requirements.txt',
  bundle: 'copy, then compare hashes',
  data: '"$SFT_PYTHON" -m cdksft_trainer prepare --root "$SFT_ROOT" --files "$BUNDLE" --only data',
  weights: '"$SFT_PYTHON" -m cdksft_trainer prepare --root "$SFT_ROOT" --files "$BUNDLE" --only weights',
};

/** Needs first; among those that could be next, the order of the manifest. */
export function inOrder(resources: readonly Resource[]): Resource[] {
  const known = new Map(resources.map((resource) => [resource.address, resource]));
  const done = new Set<Resource>();
  const visit = (resource: Resource, path: readonly Resource[]): void => {
    // A circle would be a bug of ours, and is cut here rather than followed for ever.
    if (done.has(resource) || path.includes(resource)) return;
    for (const need of resource.needs) {
      const needed = known.get(need);
      if (needed) visit(needed, [...path, resource]);
    }
    done.add(resource);
  };
  for (const resource of resources) visit(resource, []);
  return [...done];
}

const isArtifact = (resource: Resource | undefined): resource is Artifact => resource?.life === 'artifact';

function left(resource: Resource): string {
  if (isArtifact(resource)) return leavesOf[resource.make](short(resource.key));
  return `runs/${resource.folder.replaceAll('/', '--')}--${short(resource.identity)}/`;
}

function doneBy({ make, spec }: Artifact): string {
  return make === 'weights' && spec.source === 'run'
    ? `merges the adapter of ${spec.run} into what it lies on`
    : doesOf[make];
}

function artifactStep(artifact: Artifact, expects: readonly string[], host: string): LaunchStep {
  return {
    step: artifact.address,
    does: doneBy(artifact),
    after: artifact.needs,
    hosts: [host],
    command: commandOf[artifact.make],
    environment: {},
    ports: [],
    expects,
    leaves: [left(artifact)],
  };
}

function sshPort(settings: Job['settings']): number | undefined {
  const cluster = settings.cluster;
  const port = isObject(cluster) ? cluster.port : undefined;
  return typeof port === 'number' ? port : undefined;
}

/** The hosts on which `launch.sh` is started: DeepSpeed goes to the others by itself, torchrun does not. */
function startHosts({ target, hosts, nodes, launcher }: Job['layout']): readonly string[] {
  if (target === 'slurm') return [`the ${nodes} nodes that Slurm gives`];
  return launcher === 'torchrun' ? hosts : hosts.slice(0, 1);
}

/** The step of a job as its settings alone give it. */
export function launchStep(job: Job, stack: string, expects: readonly string[] = []): LaunchStep {
  const { layout } = job;
  const launch = { stack, address: job.folder, identity: job.identity, layout, sshPort: sshPort(job.settings) };
  const run = left(job);
  const secrets = secretsOf(job.settings as unknown as RunSettings);
  const told = ([name, reference]: [string, SecretReference]) => [name, referenceText(reference)] as const;
  const rank = layout.nodes > 1 && layout.launcher === 'torchrun' ? { SFT_NODE_RANK: 'position in hosts, from 0' } : {};
  return {
    step: job.address,
    does: `trains with ${layout.nodes * layout.processesPerHost} processes`,
    after: job.needs,
    hosts: startHosts(layout),
    command: `${job.folder}/launch.sh`,
    starts: ['"$SFT_PYTHON"', ...launchArguments(launch).flat()].join(' '),
    environment: {
      ...Object.fromEntries(variables(job.settings as unknown as RunSettings, layout)),
      ...rank,
    },
    ...(secrets ? { secrets: Object.fromEntries(Object.entries(secrets).map(told)) } : {}),
    ports: layout.launcher === 'python' ? [] : [rendezvousPort(launch)],
    expects,
    leaves: [`${run}attempts/`, `${run}output/checkpoint-*/`, `${run}output/result/`],
  };
}

/** A run's pointers into launch.yaml begin at its own step. */
export const overridesOf = ({ settings }: Pick<Job, 'settings'>): Override[] =>
  eachOverride(settings.overrides).filter(({ document }) => document === 'launch.yaml');

export function launchSteps(manifest: Omit<Manifest, 'files'>): LaunchStep[] {
  const { resources, stack } = manifest;
  const known = new Map(resources.map((resource) => [resource.address, resource]));
  const jobs = resources.filter((resource): resource is Job => resource.life === 'job');
  const host = jobs.flatMap(({ layout }) => layout.hosts)[0] ?? 'the login node';
  return inOrder(resources).map((resource) => {
    const needed = resource.needs.map((need) => known.get(need)).filter((need) => need !== undefined);
    const expects = needed.map(left);
    if (isArtifact(resource)) return artifactStep(resource, expects, host);
    const step = launchStep(resource, stack, expects);
    return overrideValue(step as unknown as Json, overridesOf(resource)) as unknown as LaunchStep;
  });
}

export function launchYaml(manifest: Omit<Manifest, 'files'>): { path: string; content: string; mode: 0o644 } {
  const { stack, target } = manifest;
  const value = {
    format: 1,
    stack,
    ...(target ? { target: target.kind, workspace: target.workspace } : {}),
    steps: launchSteps(manifest),
  };
  const jobs = manifest.resources.filter((resource): resource is Job => resource.life === 'job');
  const overridden = jobs.filter((job) => overridesOf(job).length > 0);
  const told = overridden.map((job) => `# Run ${job.address}. ${overriddenText(overridesOf(job))}\n`);
  const comment = `# ${heading(manifest)}\n# The steps of sft apply, in order. Paths are below the workspace.\n`;
  const content = comment + told.join('') + yamlText(value as unknown as Json);
  return { path: 'launch.yaml', content, mode: 0o644 };
}
