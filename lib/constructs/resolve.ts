/** Settings of the constructs, parsed once each; what is wrong is noted with its place. */
import type { Construct } from 'constructs';
import { expandHosts } from '../base/hostlist.ts';
import type { Finding, Where } from '../finding.ts';
import type { AskedPin, IgnoredChange } from '../manifest.ts';
import { inProject, programContext } from '../program/context.ts';
import { type Kept, readKept } from '../program/kept.ts';
import { check } from '../settings/check.ts';
import type { Parsed } from '../settings/parsed.ts';
import type { RunSettings } from '../settings/run.ts';
import { shown } from '../settings/shown.ts';
import type { StackSettings } from '../settings/stack.ts';
import type { Training } from '../settings/training.ts';
import { ofOtherCopy } from './copy.ts';
import { resolveData } from './dataset.ts';
import type { Element } from './element.ts';
import { withEvaluation } from './evaluation.ts';
import { FineTune, Model } from './fine-tune.ts';
import { checkIgnored, withKept } from './ignored.ts';
import { partsIn, resolveMix } from './mix.ts';
import { withoutOverrides } from './own.ts';
import { Cluster, Dataset } from './parts.ts';
import { Pins } from './pins.ts';
import { placeOf, Stack } from './stack.ts';
import { type ResolvedData, withTemplate } from './template.ts';

export function whereOf(element: Element): Where {
  const { construct, at } = element.where();
  return { ...(construct === undefined ? {} : { construct }), ...(at === undefined ? {} : { at: inProject(at) }) };
}

function resolveModel(model: Model, source: Exclude<Model['source'], 'run'>, pins: Pins): Parsed<RunSettings['model']> {
  const parsed = check(`model.${source}`, model.props, whereOf(model));
  if (!parsed.value) return { findings: parsed.findings };
  const value = { source, ...withoutOverrides(parsed.value) } as RunSettings['model'];
  return { value: value.source === 'hub' ? pins.pinned(model, 'model', value) : value, findings: [] };
}

/** Another run's result, as it is written; the run itself is resolved by itself. */
export interface Start {
  readonly run: FineTune;
  readonly use?: 'adapter' | 'merged' | undefined;
}

function resolveStart(model: Model): Parsed<Start> {
  const where = whereOf(model);
  const parsed = check('model.run', model.props, where);
  if (!parsed.value) return { findings: parsed.findings };
  const { run, use } = parsed.value;
  if (run instanceof FineTune) return { value: { run, use }, findings: [] };
  const foreign = ofOtherCopy(run, 'run', where);
  if (foreign) return { findings: [foreign] };
  const missing = run === undefined;
  return {
    findings: [
      {
        id: missing ? 'setting/missing' : 'setting/invalid',
        severity: 'error',
        where: { ...where, path: 'run' },
        ...(missing ? {} : { given: shown(run) }),
        message: missing ? 'run is missing.' : 'run must be a FineTune.',
        fix: 'Give the FineTune whose result the model is.',
      },
    ],
  };
}

/** Beside other mistakes of the cluster, so that all are told at once; `others` are those of its form. */
function hostFindings(cluster: Cluster, where: Where, others: readonly Finding[]): Finding[] {
  const { hosts } = (cluster.props ?? {}) as { hosts?: string | readonly string[] };
  if (cluster.kind !== 'ssh' || hosts === undefined || others.some(({ where }) => /^hosts\b/.test(where.path ?? '')))
    return [];
  try {
    expandHosts(hosts);
    return [];
  } catch (caught) {
    if (!(caught instanceof RangeError)) throw caught;
    const message = `hosts ${caught.message}.`;
    const told = { id: 'setting/invalid', severity: 'error', given: shown(hosts), message } as const;
    return [{ ...told, where: { ...where, path: 'hosts' }, fix: 'Correct the host list.' }];
  }
}

function resolveCluster(cluster: Cluster): Parsed<RunSettings['cluster']> {
  const where = whereOf(cluster);
  const parsed = check(`cluster.${cluster.kind}`, cluster.props, where);
  const findings = [...hostFindings(cluster, where, parsed.findings), ...parsed.findings];
  if (!parsed.value || findings.length > 0) return { findings };
  return { value: { kind: cluster.kind, ...withoutOverrides(parsed.value) } as RunSettings['cluster'], findings: [] };
}

/** All that a run's settings need, except what follows from them together. */
export interface ResolvedRun {
  readonly training: Training;
  readonly method: RunSettings['method'];
  readonly zero?: RunSettings['zero'];
  readonly ignoreChanges?: readonly string[];
  readonly ignored: readonly IgnoredChange[];
  readonly model: Model;
  readonly data: Dataset;
  readonly cluster: Cluster;
}

const classes = { model: Model, data: Dataset, cluster: Cluster } as const;
const made = { model: 'Model.fromHub(...)', data: 'Dataset.fromFile(...)', cluster: 'Cluster.local(...)' } as const;

function references(props: Record<string, unknown>, where: Where): Finding[] {
  const names = Object.keys(classes) as (keyof typeof classes)[];
  const foreign = names.flatMap((name) => ofOtherCopy(props[name], name, where) ?? []);
  // One says it all: the others come from there too.
  if (foreign.length > 0) return foreign.slice(0, 1);
  return names.flatMap((name): Finding[] => {
    const given = props[name];
    if (given instanceof classes[name]) return [];
    const missing = given === undefined;
    return [
      {
        id: missing ? 'setting/missing' : 'setting/invalid',
        severity: 'error',
        where: { ...where, path: name },
        ...(missing ? {} : { given: shown(given) }),
        message: missing ? `${name} is missing.` : `${name} must be a construct made by ${made[name]}.`,
        fix: `Make one with ${made[name]} and give it here.`,
      },
    ];
  });
}

function resolveMethod(given: unknown, where: Where): Parsed<RunSettings['method']> {
  if (given === undefined)
    return {
      findings: [
        {
          id: 'setting/missing',
          severity: 'error',
          where: { ...where, path: 'method' },
          message: 'method is missing.',
          fix: 'Write method: lora(), qlora() or full().',
        },
      ],
    };
  return check('method', given, where, 'method');
}

function resolveRun(run: FineTune, kept: Kept): Parsed<ResolvedRun> {
  const where = whereOf(run);
  if (typeof run.written !== 'object' || run.written === null)
    return {
      findings: [
        {
          id: 'setting/invalid',
          severity: 'error',
          where,
          given: shown(run.written),
          message: 'A FineTune needs an object of settings.',
          fix: "Write new FineTune(stack, 'name', { model, data, cluster, ... }).",
        },
      ],
    };
  const { stack, address } = placeOf(run);
  const ignored = kept[stack]?.[address] ?? [];
  const props = withKept(run.written, ignored) as Record<string, unknown>;
  const rest = check('fineTune', props, where);
  const how = resolveMethod(props.method, where);
  const shard: Parsed<RunSettings['zero']> =
    props.zero === undefined ? { findings: [] } : check('zero', props.zero, where, 'zero');
  const findings = [...references(props, where), ...rest.findings, ...how.findings, ...shard.findings];
  if (findings.length > 0 || !rest.value || !how.value) return { findings };
  const { model: _m, data: _d, cluster: _c, method: _h, zero: _z, ignoreChanges, ...trained } = rest.value;
  const wrong = checkIgnored(ignoreChanges ?? [], where);
  if (wrong.length > 0) return { findings: wrong };
  const { model, data, cluster } = props as { model: Model; data: Dataset; cluster: Cluster };
  const ignoring = { ...(ignoreChanges ? { ignoreChanges } : {}), ignored };
  return {
    value: { training: trained, method: how.value, zero: shard.value, ...ignoring, model, data, cluster },
    findings,
  };
}

/** A mistake in what was set later is that line's. */
export function atChange(run: FineTune, finding: Finding): Finding {
  const at = run.positionOf(finding.where.path)?.();
  return at === undefined ? finding : { ...finding, where: { ...finding.where, at: inProject(at) } };
}

function located<T>(run: FineTune, parsed: Parsed<T>): Parsed<T> {
  return { ...parsed, findings: parsed.findings.map((finding) => atChange(run, finding)) };
}

/** Every construct of a tree, resolved once. */
export class Resolutions {
  readonly findings: Finding[] = [];
  readonly toldOf = new Map<Construct, readonly Finding[]>();
  readonly models = new Map<Model, RunSettings['model']>();
  /** Models that are another run's result. */
  readonly starts = new Map<Model, Start>();
  readonly datasets = new Map<Dataset, ResolvedData>();
  readonly clusters = new Map<Cluster, RunSettings['cluster']>();
  readonly runs = new Map<FineTune, ResolvedRun>();
  readonly stacks = new Map<Stack, StackSettings>();
  readonly #datasets = new Map<Dataset, Parsed<ResolvedData>>();
  readonly #pins = new Pins();
  readonly #kept = readKept();

  add(construct: Construct): void {
    if (construct instanceof Model) this.#addModel(construct);
    else if (construct instanceof Dataset) this.#addData(construct);
    else if (construct instanceof Cluster) this.#keep(construct, this.clusters, resolveCluster(construct));
    else if (construct instanceof Stack)
      this.#keep(construct, this.stacks, check('stack', construct.props, whereOf(construct)));
    else if (construct instanceof FineTune)
      this.#keep(construct, this.runs, located(construct, resolveRun(construct, this.#kept)));
  }

  #addData(data: Dataset): void {
    this.#keep(data, this.datasets, this.#dataOf(data));
    // What is told of its parts is told of what is learnt from.
    if (data.source === 'mix')
      this.toldOf.set(
        data,
        [data, ...partsIn(data.props)].flatMap((one) => this.#dataOf(one).findings),
      );
  }

  /** A mix may come before its parts. */
  #dataOf(data: Dataset): Parsed<ResolvedData> {
    const found = this.#datasets.get(data) ?? this.#read(data);
    this.#datasets.set(data, found);
    return found;
  }

  #read(data: Dataset): Parsed<ResolvedData> {
    const place = { project: programContext().project, where: whereOf(data) };
    if (data.source === 'mix')
      return withEvaluation(
        data.props,
        resolveMix(data, place.where, (part) => this.#dataOf(part)),
        place,
      );
    const resolved = withEvaluation(data.props, resolveData(data, this.#pins, place.where), place);
    return withTemplate(data.props, resolved, place);
  }

  #addModel(model: Model): void {
    const { source } = model;
    if (source === 'run') this.#keep(model, this.starts, resolveStart(model));
    else this.#keep(model, this.models, resolveModel(model, source, this.#pins));
  }

  /** What these constructs asked the pins for. */
  asked(constructs: readonly Element[]): AskedPin[] {
    return constructs.flatMap((construct) => this.#pins.asked.get(construct) ?? []);
  }

  /** What stands in the way of reading the pins at all. */
  get pinsUnread(): readonly Finding[] {
    return this.#pins.findings;
  }

  #keep<K extends Construct, V>(key: K, into: Map<K, V>, parsed: Parsed<V>): void {
    this.findings.push(...parsed.findings);
    this.toldOf.set(key, parsed.findings);
    if (parsed.value !== undefined) into.set(key, parsed.value);
  }
}
