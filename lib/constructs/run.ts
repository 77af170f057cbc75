/** One FineTune becomes a job, the artifacts that it needs, and its files. */
import type { JsonObject } from '../base/json.ts';
import type { PartCounts } from '../data/part.ts';
import { derive } from '../estimate/batch.ts';
import { errorAt, type Finding, type Where } from '../finding.ts';
import type { Artifact, Derived, GeneratedFile, Job, Layout, TargetSpec } from '../manifest.ts';
import { programContext } from '../program/context.ts';
import { check } from '../rules/index.ts';
import { changesSequences, type FixCounts } from '../settings/fixes.ts';
import { isDialogue } from '../settings/formats.ts';
import { identityOf } from '../settings/identity.ts';
import type { RunSettings } from '../settings/run.ts';
import type { RunInput } from '../synth/input.ts';
import { checkOverrides } from '../synth/override-check.ts';
import { renderRun } from '../synth/render.ts';
import { artifactsOf } from './artifacts.ts';
import type { Element } from './element.ts';
import type { FineTune } from './fine-tune.ts';
import { atOrigin, type Inheritance } from './inherited.ts';
import { dataKey, preparedAddress, weightsKey } from './keys.ts';
import { layoutOf } from './layout.ts';
import { atChange, type Resolutions, type ResolvedRun, whereOf } from './resolve.ts';
import type { Stack } from './stack.ts';
import type { ResolvedData } from './template.ts';
import { misfits, modelOf, noAdapter, type Upstream } from './upstream.ts';

export interface BuiltRun {
  readonly job: Job;
  readonly artifacts: readonly Artifact[];
  readonly files: readonly GeneratedFile[];
  readonly target: TargetSpec;
  /** Of the rules, errors among them. */
  readonly findings: readonly Finding[];
  /** For a run that begins with this one's result. */
  readonly upstream: Upstream;
}

export interface Failed {
  readonly failed: readonly Finding[];
}

/** A dialogue whose answers the user's template does not mark: nothing would say what is to be learnt. */
function unmarked({ loss, data }: RunSettings, { template }: ResolvedData, where: Where): Finding[] {
  if (loss !== 'completion' || !isDialogue(data.format) || template?.marksAnswers !== false) return [];
  const message = 'The template does not mark what the assistant says, and the loss is on that alone.';
  const fix = "Put it between {% generation %} and {% endgeneration %} in the template, or write loss: 'all'.";
  return [errorAt('template/no-generation', where, 'loss', message, fix, loss)];
}

/** Path below the stack; of a construct elsewhere in the tree, its whole path. */
export function addressIn(stack: Stack, element: Element): string {
  const prefix = `${stack.node.path}/`;
  return element.node.path.startsWith(prefix) ? element.node.path.slice(prefix.length) : element.node.path;
}

/** The multiples of what all ranks take at once that lie next to a global batch which is none. */
function batchFinding(where: Where, micro: number, world: number, global: number): Finding {
  const once = micro * world;
  const below = Math.floor(global / once) * once;
  const near = below === 0 ? `${once}` : `${below} or ${below + once}`;
  const message = `batch.global ${global} is no multiple of ${once} (micro-batch ${micro} x ${world} ranks).`;
  return errorAt('batch/global', where, 'batch.global', message, `Use ${near}, or another micro-batch.`, global);
}

function settingsOf(run: ResolvedRun, parts: Parts, world: number, isProtected: boolean): RunSettings {
  const { protect = isProtected, ...training } = run.training;
  return {
    ...training,
    ...(protect ? { protect } : {}),
    ...(training.maxSteps === undefined ? { epochs: training.epochs ?? 3 } : {}),
    batch: { micro: training.batch.micro, global: training.batch.global ?? training.batch.micro * world },
    model: parts.model,
    data: parts.data.settings,
    method: run.method,
    ...(run.zero ? { zero: run.zero } : {}),
    cluster: parts.cluster,
  };
}

function deriveOf(settings: RunSettings, world: number, counts: PartCounts | undefined): Derived {
  return derive({
    world,
    microBatch: settings.batch.micro,
    globalBatch: settings.batch.global,
    rows: counts?.train,
    evaluationRows: counts?.evaluation,
    epochs: settings.epochs,
    maxSteps: settings.maxSteps,
    warmup: settings.warmup,
    packing: settings.packing || changesSequences(settings.data.fix),
  });
}

interface Parts {
  readonly model: RunSettings['model'];
  readonly data: ResolvedData;
  readonly cluster: RunSettings['cluster'];
}

function partsOf(run: ResolvedRun, resolutions: Resolutions, upstream: Upstream | undefined): Parts | undefined {
  const start = resolutions.starts.get(run.model);
  const model = start && upstream ? modelOf(start, upstream) : resolutions.models.get(run.model);
  const data = resolutions.datasets.get(run.data);
  const cluster = resolutions.clusters.get(run.cluster);
  return model && data && cluster ? { model, data, cluster } : undefined;
}

/** The address names a folder on the target, with `--` for `/` and the identity behind it; file systems hold 255 bytes. */
const longestAddress = 200;

function tooDeep(stack: Stack, element: FineTune, where: Where): Finding[] {
  const { length } = addressIn(stack, element).replaceAll('/', '--');
  if (length <= longestAddress) return [];
  const message = `The path of this run below its stack makes a name of ${length} letters, and ${longestAddress} are allowed.`;
  return [{ id: 'construct/too-deep', severity: 'error', where, message, fix: 'Nest less, or use shorter names.' }];
}

/**
 * Its own mistakes were found when it was resolved: then there is nothing to add here. `upstream`: the run whose result
 * it begins with, where there is one.
 */
export function buildRun(
  stack: Stack,
  element: FineTune,
  resolutions: Resolutions,
  inheritance: Inheritance,
  upstream: Upstream | undefined,
): BuiltRun | Failed {
  const run = resolutions.runs.get(element);
  const parts = run && partsOf(run, resolutions, upstream);
  if (!run || !parts) return { failed: [] };
  const where = whereOf(element);
  const layout = layoutOf(parts.cluster, run.zero !== undefined);
  const world = layout.nodes * layout.processesPerHost;
  const { origins, ...given } = inheritance.of(stack, run, layout);
  const isProtected = resolutions.stacks.get(stack)?.protect === true;
  const settings = { ...settingsOf(run, parts, world, isProtected), ...given };
  const { micro, global } = settings.batch;
  const told = upstream ? startFindings(run, settings, upstream, resolutions, where) : [];
  const wrong = [
    ...tooDeep(stack, element, where),
    ...(global % (micro * world) === 0 ? [] : [batchFinding(where, micro, world, global)]),
    ...(settings.epochs !== undefined && settings.maxSteps !== undefined
      ? [
          errorAt(
            'schedule/epochs-and-steps',
            where,
            'maxSteps',
            'epochs and maxSteps are both given.',
            'Give one of them.',
          ),
        ]
      : []),
    ...unmarked(settings, parts.data, where),
    ...told.filter(({ severity }) => severity === 'error'),
  ];
  if (wrong.length > 0) return { failed: wrong.map((one) => atChange(element, one)) };
  const { counts, fixed, mixed, template } = parts.data;
  const facts = { settings, layout, derived: deriveOf(settings, world, counts), fixed, mixed };
  return assemble(stack, element, run, { ...facts, upstream, told, origins, template: template?.text });
}

function startFindings(run: ResolvedRun, settings: RunSettings, upstream: Upstream, known: Resolutions, where: Where) {
  const start = known.starts.get(run.model);
  return [...(start ? noAdapter(start, upstream, whereOf(run.model)) : []), ...misfits(settings, upstream, where)];
}

interface Facts {
  readonly settings: RunSettings;
  readonly layout: Layout;
  readonly derived: Derived;
  readonly upstream: Upstream | undefined;
  /** In Jinja, where it is not the model's own. */
  readonly template: string | undefined;
  /** Rows that the dataset's `fix` leaves out, where it was read. */
  readonly fixed: FixCounts | undefined;
  /** What is taken of each part of a mix. */
  readonly mixed: ResolvedData['mixed'];
  /** Found before the rules. */
  readonly told: readonly Finding[];
  /** Lines of the overrides that are not the run's own. */
  readonly origins: ReadonlyMap<string, Where>;
}

const birthOf = ({ input: { address, identity } }: Upstream) => ({ address, identity });

/** What it waits for: the run whose result it uses, and the weights that a continued adapter lies on. */
function waitsFor({ model }: RunSettings, upstream: Upstream | undefined): string[] {
  if (model.source !== 'run' || !upstream) return [];
  return upstream.weights !== undefined && model.use !== 'model' ? [model.run, upstream.weights] : [model.run];
}

function assemble(stack: Stack, element: FineTune, run: ResolvedRun, facts: Facts): BuiltRun {
  const { settings, layout, derived, upstream } = facts;
  const where = whereOf(element);
  const address = addressIn(stack, element);
  const keys = { data: dataKey(settings) };
  const weights = weightsKey(settings, keys.data);
  const input: RunInput = {
    stack: stack.node.id,
    program: programContext().program,
    address,
    identity: identityOf(settings),
    settings,
    layout,
    derived,
    keys: weights === undefined ? keys : { ...keys, weights },
    ...(facts.template === undefined ? {} : { template: facts.template }),
    ...(facts.fixed ? { fixed: facts.fixed } : {}),
    ...(facts.mixed ? { mixed: facts.mixed } : {}),
    ...(upstream ? { home: upstream.input.home ?? upstream.input.address } : {}),
  };
  const after = waitsFor(settings, upstream);
  const files = renderRun(input);
  const names = {
    run: address,
    data: preparedAddress('data', addressIn(stack, run.data), address, settings),
    model: preparedAddress('model', addressIn(stack, run.model), address, settings),
  };
  const artifacts = artifactsOf(
    names,
    { run: where, data: whereOf(run.data), model: whereOf(run.model) },
    input,
    files,
    after,
  );
  const job: Job = {
    life: 'job',
    does: 'train',
    address,
    needs: [...artifacts.map((artifact) => artifact.address), ...after],
    where,
    identity: input.identity,
    settings: settings as unknown as JsonObject,
    layout,
    derived,
    program: input.program,
    ...(run.ignoreChanges ? { ignoreChanges: run.ignoreChanges } : {}),
    ...(run.ignored.length > 0 ? { ignored: run.ignored } : {}),
    folder: address,
    ...(upstream ? { begins: birthOf(upstream) } : {}),
  };
  const broken = [...check(facts), ...checkOverrides(input, job)].map(
    ({ path, ...rest }): Finding => ({ ...rest, where: { ...where, path } }),
  );
  const findings = [...facts.told, ...broken].map((one) => atOrigin(atChange(element, one), facts.origins));
  const { kind, workspace } = settings.cluster;
  const target = {
    kind,
    construct: run.cluster.node.path,
    workspace,
    settings: settings.cluster as unknown as JsonObject,
  };
  const own = artifacts.find(({ make }) => make === 'weights')?.address;
  // A continued adapter lies on what it lay on before.
  const base = settings.model.source === 'run' && settings.model.use === 'adapter' ? upstream?.weights : own;
  return { job, artifacts, files, target, findings, upstream: { input, weights: base } };
}
