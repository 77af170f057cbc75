/** From the construct tree to manifests: one a stack, complete and checked, or the findings that stand in the way. */
import type { Construct } from 'constructs';
import type { Finding } from '../finding.ts';
import type { Artifact, AskedPin, Job, Manifest, Resource, TargetSpec } from '../manifest.ts';
import { manifestFormat } from '../manifest.ts';
import { wantedPins } from '../pins/wanted.ts';
import { programContext } from '../program/context.ts';
import { renderStack } from '../synth/render.ts';
import { Builds, stackOf } from './builds.ts';
import { Element } from './element.ts';
import { FineTune } from './fine-tune.ts';
import { type Asked, givenOf } from './given.ts';
import { Inheritance } from './inherited.ts';
import { checkMoves } from './moved.ts';
import type { Dataset } from './parts.ts';
import { Places } from './place.ts';
import { Resolutions, whereOf } from './resolve.ts';
import { addressIn, type BuiltRun } from './run.ts';
import { Stack } from './stack.ts';

export interface Collected {
  readonly manifests: readonly Manifest[];
  readonly findings: readonly Finding[];
}

const error = (id: string, where: Finding['where'], message: string, fix: string): Finding => ({
  id,
  severity: 'error',
  where,
  message,
  fix,
});

/** A stack has one target: its state, its lock and its plan are about one place. */
function targetOf(stack: Stack, runs: readonly BuiltRun[]): { target?: TargetSpec; findings: Finding[] } {
  const [first, ...others] = runs;
  if (!first) return { findings: [] };
  const other = others.find((run) => run.target.construct !== first.target.construct);
  if (!other) return { target: first.target, findings: [] };
  const message = `The runs of stack ${stack.node.id} use two clusters, ${first.target.construct} and ${other.target.construct}.`;
  const fix = 'Put the runs of each cluster into a stack of their own.';
  return { findings: [error('stack/two-clusters', other.job.where, message, fix)] };
}

/** Artifacts with one address are one artifact: two runs share an environment, a dataset. */
function merge(runs: readonly BuiltRun[], asked: Asked | undefined): Resource[] {
  const artifacts = new Map<string, Artifact>();
  for (const run of runs)
    for (const artifact of run.artifacts)
      if (!artifacts.has(artifact.address)) artifacts.set(artifact.address, artifact);
  const answers = Object.entries(asked?.context ?? {}).filter((entry): entry is [string, string] => entry[1] !== null);
  const context = answers.length > 0 ? { context: Object.fromEntries(answers) } : {};
  const jobs: Job[] = runs.map((run) => ({ ...run.job, ...context }));
  return [...artifacts.values(), ...jobs];
}

interface StackRuns {
  readonly built: BuiltRun[];
  /** Addresses of all, also of those that could not be built. */
  readonly runs: string[];
  /** What was said of the datasets that they learn from. */
  readonly datasets: Map<Dataset, readonly Finding[]>;
}

function collectStack(
  stack: Stack,
  { built, runs, datasets }: StackRuns,
  asked: Asked | undefined,
  asksPins: readonly AskedPin[],
  places: Places,
): { manifest?: Manifest; findings: Finding[] } {
  const { target, findings } = targetOf(stack, built);
  const told = built.flatMap((run) => run.findings).map((finding) => places.moved(finding));
  const ofData = [...datasets].flatMap(([, findings]) => findings).map((finding) => places.moved(finding));
  const pins = wantedPins([{ pins: asksPins }]);
  const { moves, findings: wrongMoves } = checkMoves(stack, runs);
  const manifest = {
    format: manifestFormat,
    stack: stack.node.id,
    program: programContext().program,
    ...asked,
    ...(pins.length > 0 ? { pins } : {}),
    ...(target ? { target } : {}),
    ...(moves.length > 0 ? { moved: moves } : {}),
    resources: merge(built, asked),
    findings: [...ofData, ...told].filter((finding) => finding.severity !== 'error'),
  } as const;
  const files = [...built.flatMap((run) => run.files)];
  return {
    manifest: { ...manifest, files: [...files, ...renderStack(manifest, files)] },
    findings: [...findings, ...wrongMoves, ...told],
  };
}

function nothing(stacks: readonly Stack[]): Finding[] {
  if (stacks.length > 0) return [];
  return [error('stack/none', {}, 'This App has no stack.', "Make one with new Stack(app, 'name').")];
}

export function collect(app: Construct): Collected {
  const elements = app.node.findAll().filter((construct) => construct instanceof Element);
  const stacks = elements.filter((element) => element instanceof Stack);
  const resolutions = new Resolutions();
  const naming = elements.flatMap((element) => element.naming).map((finding) => relocate(finding, elements));
  for (const element of elements) resolutions.add(element);
  const inheritance = new Inheritance(app, resolutions.stacks);
  const findings: Finding[] = [
    ...nothing(stacks),
    ...naming,
    ...(givenOf(app)?.tokens() ?? []),
    ...inheritance.findings,
    ...resolutions.findings,
    ...resolutions.pinsUnread,
  ];
  const builds = new Builds(resolutions, inheritance);
  const byStack = new Map<Stack, StackRuns>(
    stacks.map((stack) => [stack, { built: [], runs: [], datasets: new Map() }]),
  );
  const pins = new Map<Stack, AskedPin[]>(stacks.map((stack) => [stack, []]));
  for (const element of elements) {
    if (!(element instanceof FineTune)) continue;
    const run = builds.of(element);
    const stack = stackOf(element);
    if ('failed' in run) findings.push(...run.failed);
    if (!stack) continue;
    byStack.get(stack)?.runs.push(addressIn(stack, element));
    if (!('failed' in run)) byStack.get(stack)?.built.push(run);
    const parts = resolutions.runs.get(element);
    if (!parts) continue;
    pins.get(stack)?.push(...resolutions.asked([parts.model, parts.data]));
    byStack.get(stack)?.datasets.set(parts.data, resolutions.toldOf.get(parts.data) ?? []);
  }
  findings.push(...inheritance.unused);
  const asked = givenOf(app)?.asked();
  const places = new Places(app);
  const done = [...byStack].map(([stack, runs]) => collectStack(stack, runs, asked, pins.get(stack) ?? [], places));
  const placed = findings.map((finding) => places.moved(finding));
  return {
    manifests: done.flatMap((one) => one.manifest ?? []),
    findings: [...placed, ...done.flatMap((one) => one.findings)],
  };
}

/** Positions of naming mistakes were taken in the constructor, before the project was asked for. */
function relocate(finding: Finding, elements: readonly Element[]): Finding {
  const element = elements.find((one) => one.naming.includes(finding));
  const at = element ? whereOf(element).at : undefined;
  return { ...finding, where: { ...finding.where, ...(at === undefined ? {} : { at }) } };
}
