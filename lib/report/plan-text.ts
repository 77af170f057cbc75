/** A plan as people read it. Only what the plan holds is printed: a figure that nobody computed has no line. */
import { canonical, isObject, type Json } from '../base/json.ts';
import { printable } from '../base/printable.ts';
import { figure, grouped } from '../base/quantity.ts';
import { plain, type Style } from '../finding-text.ts';
import type { Derived, Job, Manifest, Resource, TargetSpec } from '../manifest.ts';
import type { Verb } from '../plan/decide.ts';
import type { FieldChange } from '../plan/diff.ts';
import { type JobStep, type PlanBody, type Step, starting } from '../plan/step.ts';
import type { Use } from '../plan/upstream.ts';
import { eachOverride, placeOf as overrideAt } from '../settings/overrides.ts';
import type { Grade } from '../state/attempt.ts';
import { artifactText, dots, many, type Users, usersOf } from './artifact-text.ts';
import { driftLines } from './drift-text.ts';
import { evidenceLines, tokensOfData } from './evidence-text.ts';
import { rowLines } from './row-text.ts';

type Symbol = '+' | '~' | '±' | '-' | '?';

const symbols: Readonly<Record<Exclude<Verb, 'none'>, Symbol>> = {
  create: '+',
  update: '~',
  attempt: '~',
  move: '~',
  adopt: '~',
  repair: '~',
  rename: '~',
  refresh: '~',
  'new-run': '±',
  stop: '-',
  forget: '-',
};

const paints: Readonly<Record<Symbol, keyof Style>> = {
  '+': 'green',
  '~': 'yellow',
  '±': 'yellow',
  '-': 'red',
  '?': 'red',
};

/** `none` is not shown, but for what the target could not tell. */
function symbolOf(step: Step): Symbol | undefined {
  if (step.verb !== 'none') return symbols[step.verb];
  return step.life === 'job' && step.seen === 'unknown' ? '?' : undefined;
}

const verbs: Readonly<Record<Verb, string>> = {
  none: 'unknown',
  create: 'new',
  update: 'in place',
  attempt: 'next attempt',
  move: 'move',
  adopt: 'taken over',
  repair: 'made again',
  rename: 'in place',
  refresh: 'in place',
  'new-run': 'new run',
  stop: 'stopped',
  forget: 'forgotten',
};

const protectedText = 'protected';

function targetText(target: TargetSpec, job: Job | undefined): string {
  const name = target.construct.split('/').at(-1);
  if (!job) return dots([name, target.kind]);
  const { nodes, processesPerHost: each, device } = job.layout;
  const { gpus } = target.settings;
  const type = isObject(gpus) && typeof gpus.type === 'string' ? gpus.type : 'GPU';
  const width = device === 'cpu' ? `${many(each, 'process', 'processes')} on the CPU` : `${each} ${type}`;
  return dots([name, target.kind, target.kind === 'local' ? width : `${many(nodes, 'node')} x ${width}`]);
}

/** Data files by name and content; undefined for any other value. */
function dataFiles(value: Json): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const told = value.map((one) =>
    isObject(one) && typeof one.name === 'string' && typeof one.sha256 === 'string'
      ? `${one.name} ${one.sha256.slice(0, 8)}`
      : undefined,
  );
  return told.includes(undefined) ? undefined : told.join(', ');
}

function shown(value: Json | undefined): string {
  if (value === undefined) return 'not given';
  if (typeof value === 'number') return figure(value);
  // Canonical: a plan that was saved prints as it did before.
  return printable(typeof value === 'string' ? value : (dataFiles(value) ?? canonical(value)));
}

const gradeWords: Readonly<Record<Grade, string>> = {
  exact: 'exact',
  approximate: 'approximate',
  'weights-only': 'weights only',
  impossible: 'not possible',
};

function fieldLine(field: FieldChange, width: number, style: Style): string {
  const change = `${shown(field.before)} -> ${shown(field.after)}`;
  const said = [field.class, ...(field.grade ? [gradeWords[field.grade]] : []), field.reason].join(': ');
  return `        ${field.path.padEnd(width)}  ${change.padEnd(22)}  ${style.dim(said)}`;
}

/** From which checkpoint a run goes on in another layout, and how far that loads. */
function resumeLine({ verb, checkpoint, resume }: JobStep): string[] {
  if (!resume || verb === 'create') return [];
  const from = verb === 'move' ? 'the checkpoint that it stops at' : `checkpoint ${checkpoint}`;
  return [`        => goes on from ${from}: ${gradeWords[resume.grade]}, ${resume.because}`];
}

function fileLines({ files }: JobStep, style: Style): string[] {
  if (files === undefined) return [];
  if (files === 'unknown')
    return [style.dim('        files change: which is not known, what was applied was not kept')];
  return [
    style.dim(`        files change: ${files.map(({ path }) => printable(path)).join(', ')} (--files shows how)`),
  ];
}

function ignoredLines({ ignored = [] }: JobStep, style: Style): string[] {
  return ignored.map(
    ({ path, kept, written }) =>
      `        ${path.padEnd(14)}  ${style.dim(`ignored: stays ${shown(kept)}, the program says ${shown(written)}`)}`,
  );
}

/** What the run says past its settings; of a run that starts, all of it. */
function overrideLines(job: Job): string[] {
  return eachOverride(job.settings.overrides).map((one) => {
    const value = one.value === null ? 'taken out' : `= ${shown(one.value)}`;
    return `        overrides ${printable(overrideAt(one))} ${value}`;
  });
}

const parts: Readonly<Record<Use, string>> = {
  adapter: 'the adapter',
  merged: 'the merged weights',
  model: 'the model',
};

/** What the run begins with, where that is another run's result. */
function beginsLines({ begins, verb }: JobStep): string[] {
  if (!begins || !starting.includes(verb)) return [];
  const when = begins.result === 'coming' ? 'known after apply, which waits for it' : 'which is there';
  return [`        begins with ${parts[begins.use]} of ${printable(begins.run)}, ${when}`];
}

/** `N` stands for the number, or for what it was and what it is. */
const effects: readonly (readonly [key: keyof Derived, phrase: string])[] = [
  ['globalBatch', 'global batch N'],
  ['accumulation', 'accumulation N'],
  ['world', 'ranks N'],
  ['steps', 'N steps'],
  ['warmupSteps', 'warm-up N steps'],
];

/** What follows from the settings; with what it was, where that is known and another. */
function derivedLine(after: Derived, before: Derived | undefined): string {
  const parts = effects.map(([key, phrase]) => {
    const [old, now] = [before?.[key], after[key]];
    const number = now === undefined ? 'unknown' : grouped(now);
    return phrase.replace('N', old === undefined || old === now ? number : `${grouped(old)} -> ${number}`);
  });
  return `        => ${parts.join(' · ')}`;
}

/** A wanted resource; of a run that is no longer wanted, the recorded one. */
type Find = (step: Step) => Resource | undefined;

function finder({ resources }: Manifest): Find {
  const byAddress = new Map(resources.map((resource) => [resource.address, resource]));
  return (step) => byAddress.get(step.address) ?? (step.life === 'job' ? step.before : undefined);
}

interface Known {
  readonly find: Find;
  readonly users: Users;
  /** By the address of data that is made: its tokens. */
  readonly tokens: ReadonlyMap<string, string>;
}

function whatText(step: Step, resource: Resource | undefined, { users, tokens }: Known): string {
  if (step.verb === 'create' && resource?.life === 'artifact')
    return dots([artifactText(resource, users), tokens.get(step.address)]);
  // These verbs are said by the symbol and by the reason itself.
  return step.verb === 'create' || step.verb === 'new-run' ? step.because : `${verbs[step.verb]}: ${step.because}`;
}

/** A run that nothing is done about, though it is not done: why is told, without a symbol. */
const resting: readonly string[] = ['running', 'queued', 'cancelled', 'failed-own', 'altered'];

function restingLine(step: Step, style: Style): string[] {
  if (step.life !== 'job' || step.verb !== 'none' || !(resting.includes(step.seen) || step.ignored)) return [];
  const what = dots([step.because, step.protected ? protectedText : undefined]);
  const head = style.dim(`    ${'run'.padEnd(11)} ${printable(step.address).padEnd(24)}  ${what}`);
  return [head, ...ignoredLines(step, style)];
}

function stepLines(step: Step, known: Known, style: Style): string[] {
  const symbol = symbolOf(step);
  if (!symbol) return restingLine(step, style);
  const resource = known.find(step);
  const kind = step.life === 'artifact' ? step.type : 'run';
  const isProtected = step.life === 'job' && step.protected === true;
  const what = printable(dots([whatText(step, resource, known), isProtected ? protectedText : undefined]));
  const head = `  ${style[paints[symbol]](symbol)} ${kind.padEnd(11)} ${printable(step.address).padEnd(24)}  ${what}`;
  if (step.life === 'artifact') return [head];
  const width = Math.max(14, ...step.fields.map((field) => field.path.length));
  const fields = [...step.fields.map((field) => fieldLine(field, width, style)), ...ignoredLines(step, style)];
  if (!starting.includes(step.verb) || resource?.life !== 'job') return [head, ...fields, ...fileLines(step, style)];
  return [
    head,
    ...fields,
    ...rowLines(step, style),
    ...evidenceLines(step, known.tokens, style),
    ...beginsLines(step),
    ...resumeLine(step),
    ...overrideLines(resource),
    derivedLine(step.derived?.after ?? resource.derived, step.derived ? step.derived.before : step.before?.derived),
    ...fileLines(step, style),
  ];
}

export interface Counts {
  readonly add: number;
  readonly change: number;
  readonly newRun: number;
  readonly remove: number;
  readonly unknown: number;
}

export function countSteps(steps: readonly Step[]): Counts {
  const of = (symbol: Symbol) => steps.filter((step) => symbolOf(step) === symbol).length;
  return { add: of('+'), change: of('~'), newRun: of('±'), remove: of('-'), unknown: of('?') };
}

function summary(counts: Counts): string {
  const { add, change, newRun, remove, unknown } = counts;
  if (add + change + newRun + remove + unknown === 0) return 'Nothing to do.';
  const parts = [
    `${add} to add`,
    ...(change > 0 ? [`${change} to change`] : []),
    ...(newRun > 0 ? [many(newRun, 'new run')] : []),
    `${remove} to remove`,
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
  ];
  return `Plan: ${parts.join(', ')}.`;
}

/** What the program was given from outside. */
function givenLines({ context, environment }: Manifest): string[] {
  const told = Object.entries(context ?? {}).map(([key, value]) => `${key}=${value ?? '(not given)'}`);
  const read = Object.entries(environment ?? {}).map(
    ([name, hash]) => `${name} ${hash === null ? '(not set)' : `(hash ${hash})`}`,
  );
  return [
    ...(told.length > 0 ? [printable(`  context     ${told.join(', ')}`)] : []),
    ...(read.length > 0 ? [printable(`  environment ${read.join(', ')}`)] : []),
  ];
}

/** `program:line` of the first run that changes; else of the program. */
function placeOf(plan: PlanBody, find: Find): string {
  const changed = plan.steps.filter((step) => symbolOf(step) !== undefined);
  const step = changed.find((one) => one.life === 'job') ?? changed[0];
  return (step && find(step)?.where.at?.replace(/:\d+$/, '')) ?? plan.manifest.program;
}

/** One stack's plan. */
export function planText(plan: PlanBody, style: Style = plain): string {
  const { manifest } = plan;
  const jobs = manifest.resources.filter((resource) => resource.life === 'job');
  const find = finder(manifest);
  const target = manifest.target ? targetText(manifest.target, jobs[0]) : '';
  const given = givenLines(manifest);
  const known = { find, users: usersOf(jobs), tokens: tokensOfData(plan.steps) };
  const steps = plan.steps.flatMap((step) => stepLines(step, known, style));
  return [
    `${style.bold(plan.stack.padEnd(36))} ${printable(target)}`.trimEnd(),
    ...given,
    '',
    ...driftLines(plan.drift ?? [], style),
    ...steps,
    ...(steps.length > 0 ? [''] : []),
    `${style.bold(summary(countSteps(plan.steps)).padEnd(46))} ${style.dim(printable(placeOf(plan, find)))}`,
  ].join('\n');
}
