/** From a stack's manifest to its plan: state, target, git, and the pure part in `lib/plan`. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { relative } from 'node:path';
import { bareTokenizers } from '../apply/bare-tokenizers.ts';
import { load } from '../apply/load.ts';
import { observe } from '../apply/observe.ts';
import { rowChanges } from '../apply/row-changes.ts';
import { hashOf, type Sha } from '../base/hash.ts';
import { exit, UserError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { Manifest } from '../manifest.ts';
import type { LockFile } from '../pins/lock-file.ts';
import { pinFindings, pinnedInputs } from '../pins/wanted.ts';
import type { Asked } from '../plan/decide.ts';
import { jobsOf } from '../plan/match.ts';
import { assemble, type PlanInput, seal } from '../plan/plan.ts';
import { type Plan, type PlanBody, starting } from '../plan/step.ts';
import { filesOf } from '../state/applied-files.ts';
import { sourcesOf } from '../targets/sources.ts';
import type { Target } from '../targets/target.ts';
import type { Context } from './context.ts';
import type { Knowing } from './evidence.ts';
import type { EvidenceDesk } from './evidence-desk.ts';
import { type GitAnswer, gitAnswer } from './git.ts';
import { keepingIgnored } from './ignored.ts';
import { asRecorded, readOffline } from './offline.ts';
import { pinsOf } from './pins.ts';
import { stateFolder } from './recorded.ts';
import { canReach, targetOf, trainerVersion } from './target.ts';
import { timed, timedNow } from './timings.ts';
import { projectName, toolVersion } from './tool.ts';

export interface PlanningOptions {
  /** Ask the target what it holds. */
  readonly refresh: boolean;
  readonly asked?: Readonly<Record<string, Asked>>;
  readonly allowMove?: boolean | undefined;
  /** Only take over what the target shows. */
  readonly refreshOnly?: boolean;
  /** By stack, addresses of runs: nothing else is planned. */
  readonly only?: ReadonlyMap<string, readonly string[]>;
}

export interface Planned {
  readonly plan: Plan;
  /** Absent where the target was not asked. */
  readonly target?: Target;
}

async function hashFile(path: string): Promise<Sha> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function pinHashes(manifest: Manifest, lock?: LockFile): [string, Sha][] {
  return Object.entries(pinnedInputs(manifest, lock)).map(([name, commit]) => [name, hashOf(commit)]);
}

/** What a plan rests on besides the state: data files and pins, as the program read them. */
function inputsOf(manifest: Manifest, project: string): Record<string, Sha> {
  const files = [...sourcesOf(manifest, project)];
  const hashes = files.map(([hash, path]) => [`data file ${relative(project, path)}`, hash] as const);
  return Object.fromEntries([...hashes, ...pinHashes(manifest)]);
}

/** The same names with the hashes of now; a file that is gone has none. */
export async function inputsNow(manifest: Manifest, project: string): Promise<Record<string, Sha>> {
  const entries = pinHashes(manifest, pinsOf(project));
  for (const path of sourcesOf(manifest, project).values())
    if (existsSync(path)) entries.push([`data file ${relative(project, path)}`, await hashFile(path)]);
  return Object.fromEntries(entries);
}

/** What of these stacks moves under the plan's feet. With `required` as errors, for CI. */
export function pinsToMind(manifests: readonly Manifest[], project: string, required: boolean): Finding[] {
  return pinFindings(manifests, { lock: pinsOf(project), trainer: trainerVersion(), required });
}

/** `--require-pins`: throws where anything is not pinned, or not as it is pinned. */
export function requirePins(manifests: readonly Manifest[], project: string): void {
  const findings = pinsToMind(manifests, project, true);
  if (findings.length > 0) throw new UserError(findings, exit.error);
}

function notAsked({ target, stack }: Manifest): Finding {
  return {
    id: 'target/not-asked',
    severity: 'warning',
    where: { construct: target?.construct ?? stack },
    message: `This version cannot reach a target by ${target?.kind}: the plan goes by what is recorded.`,
    fix: 'Use --no-refresh to say so yourself, or take the files: sft export DIR.',
  };
}

/** Stops where an error stands in the way of any run on the target: no Python, no place to write. */
async function refuseUnfit(target: Target): Promise<void> {
  const findings: readonly Finding[] = await target.probe();
  if (findings.some((finding) => finding.severity === 'error')) throw new UserError(findings, exit.error);
}

/** What is recorded, and what the target holds; without a target, as recorded. */
async function look(manifest: Manifest, project: string, target: Target | undefined) {
  const folder = stateFolder(project, manifest.stack);
  if (!target) {
    const { state, recorded } = await timed('state', () => readOffline(folder));
    return { state, recorded, observed: asRecorded(manifest, recorded) };
  }
  const { state, recovered } = await timed('state', () => load(folder, target));
  const { recorded } = recovered;
  return { state, recorded, observed: await timed('target', () => observe(target, manifest, recorded)) };
}

type Input = Omit<PlanInput, 'asked' | 'only'>;

/** All that a plan is made from, but for what a person asks. Without a target: as recorded. */
export async function planningInput(
  manifest: Manifest,
  target: Target | undefined,
  { project, signal }: Context,
  git: Promise<GitAnswer> = gitAnswer(project, signal),
): Promise<Input> {
  if (target) await timed('target', () => refuseUnfit(target));
  const [known, { state: commit, finding }] = await Promise.all([look(manifest, project, target), git]);
  const changed = await timed('rows', () => rowChanges(manifest, known.recorded, { project, target }));
  // One that is missing is told when it is needed: by apply, before anything starts.
  const secrets = (await target?.secrets(jobsOf(manifest))) ?? [];
  const warnings = secrets.filter(({ severity }) => severity === 'warning');
  const told = [...(finding ? [finding] : []), ...warnings, ...(target ? bareTokenizers(manifest) : [])];
  return {
    tool: toolVersion(),
    project: projectName(project),
    manifest: told.length > 0 ? { ...manifest, findings: [...manifest.findings, ...told] } : manifest,
    ...known,
    inputs: inputsOf(manifest, project),
    ...(changed.size > 0 ? { rowChanges: changed } : {}),
    keptFiles: (bundle) => filesOf(stateFolder(project, manifest.stack), bundle),
    ...(commit ? { git: commit } : {}),
  };
}

type Complete = (plan: PlanBody, known: Pick<Knowing, 'recorded' | 'target'>) => Promise<PlanBody>;

/** Adds what is known of the rows; what reads and judges them is loaded only where a run starts. */
function rowsOf(context: Context): Complete {
  let desk: Promise<EvidenceDesk> | undefined;
  const open = async () => new (await import('./evidence-desk.ts')).EvidenceDesk(context);
  return async (plan, known) => {
    if (!plan.steps.some(({ verb, life }) => life === 'job' && starting.includes(verb))) return plan;
    desk ??= open();
    const { withRows } = await import('./evidence.ts');
    const knowing = { ...known, desk: await desk, project: context.project };
    return timed('evidence', () => withRows(plan, knowing));
  };
}

async function planOne(
  given: Manifest,
  git: Promise<GitAnswer>,
  complete: Complete,
  context: Context,
  { refresh, refreshOnly = false, asked, allowMove, only: named }: PlanningOptions,
): Promise<Planned> {
  const reachable = canReach(given);
  const reach = (manifest: Manifest) => (refresh && reachable ? targetOf(manifest, context.project) : undefined);
  const manifest = await keepingIgnored(given, reach(given), context);
  const target = reach(manifest);
  const told = [
    ...(refresh && !reachable ? [notAsked(manifest)] : []),
    ...pinsToMind([manifest], context.project, false),
  ];
  const wanted = { ...manifest, findings: [...manifest.findings, ...told] };
  const input = await planningInput(wanted, target, context, git);
  const only = named?.get(manifest.stack);
  const wishes = { ...(asked ? { asked } : {}), ...(only ? { only } : {}), ...(allowMove ? { allowMove } : {}) };
  const made = timedNow('compare', () => assemble({ ...input, refreshOnly, ...wishes }));
  const plan = seal(await complete(made, { recorded: input.recorded, target }));
  return { plan, ...(target ? { target } : {}) };
}

/** Plans of all stacks, in their order. The target is asked for all of them side by side. */
export async function planStacks(
  manifests: readonly Manifest[],
  context: Context,
  options: PlanningOptions,
): Promise<Planned[]> {
  const git = timed('git', () => gitAnswer(context.project, context.signal));
  const complete = rowsOf(context);
  const planned = await Promise.all(manifests.map((manifest) => planOne(manifest, git, complete, context, options)));
  context.signal.throwIfAborted();
  return planned;
}

/** Errors of a plan, such as a change that would need a move: nothing is applied with one. */
export function refuseErrors(plans: readonly Planned[]): void {
  const findings = plans.flatMap(({ plan }) => plan.findings);
  if (findings.some((finding) => finding.severity === 'error')) throw new UserError(findings, exit.error);
}
