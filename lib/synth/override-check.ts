/** What is wrong with a run's overrides: those that cannot be, those that break it, those that a setting is there for. */
import type { Json } from '../base/json.ts';
import { nearest } from '../base/nearest.ts';
import type { GeneratedFile, Job } from '../manifest.ts';
import type { Override } from '../settings/documents.ts';
import { eachOverride, placeOf } from '../settings/overrides.ts';
import type { RunInput } from './input.ts';
import { launchStep } from './launch-yaml.ts';
import { lineForms, namesIn, overrideFiles } from './overrides.ts';
import { Blocked, put, read } from './pointer.ts';
import { renderPlain } from './render.ts';
import { typedAt } from './typed-places.ts';

export interface OverrideFault {
  readonly id: string;
  readonly severity: 'error' | 'warning';
  /** `overrides.train.json#/sft/adam_beta2`. */
  readonly path: string;
  readonly given?: Json;
  readonly message: string;
  readonly fix: string;
}

const fault = (
  id: string,
  one: Override,
  message: string,
  fix: string,
  severity: OverrideFault['severity'] = 'error',
): OverrideFault => ({
  id: `override/${id}`,
  severity,
  path: `overrides.${placeOf(one)}`,
  ...(one.value === null ? {} : { given: one.value }),
  message,
  fix,
});

/** What says which run it is and which artifacts it rests on: other values would name another run's. */
const fixed: Readonly<Record<string, readonly string[]>> = {
  'train.json': [
    ...['/~1~1', '/format', '/stack', '/run', '/identity', '/world_size', '/deepspeed'],
    ...['/data/key', '/data/source', '/data/files', '/data/fixed', '/model/key', '/model/source'],
    ...['/model/run', '/model/use', '/model/identity', '/model/base', '/model/result'],
  ],
  'launch.yaml': ['/step', '/after'],
};

/** Rows are counted before the run, and its steps follow from them. */
const counted = ['/data/samples', '/data/evaluation', '/data/fix'];

/** What the trainer looks for at the top of its file: it passes over all else, a slip as well. */
const sections = ['data', 'model', 'peft', 'quantization', 'secrets', 'sft', 'supervise', 'tags'];

function sectionFault(one: Override): OverrideFault | undefined {
  const [, first = ''] = one.at.split('/');
  if (one.document !== 'train.json' || sections.includes(first)) return undefined;
  const guess = nearest(first, sections);
  const fix = guess ? `Did you mean "/${guess}"?` : `It reads ${sections.map((name) => `/${name}`).join(', ')}.`;
  return fault('nowhere', one, `The trainer reads nothing at train.json#/${first}.`, fix);
}

const covers = (a: string, b: string) => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);

function fixedFault(one: Override): OverrideFault | undefined {
  const { document, at } = one;
  if ((fixed[document] ?? []).some((pointer) => covers(at, pointer)))
    return fault('fixed', one, `${placeOf(one)} says which run this is; it cannot be overridden.`, 'Take it out.');
  if (document === 'train.json' && counted.some((pointer) => covers(at, pointer)))
    return fault(
      'arithmetic',
      one,
      `${placeOf(one)} would change the number of rows, from which the run's steps follow.`,
      'Change the Dataset instead.',
    );
  return undefined;
}

function blockedFault(one: Override, { at, why }: Blocked): OverrideFault {
  const place = placeOf(one);
  if (why === 'absent') return fault('nowhere', one, `There is nothing at ${place} to take out.`, 'Correct the place.');
  if (why === 'index')
    return fault(
      'nowhere',
      one,
      `${one.document}#${at} is no place in that list.`,
      'Count from 0, or append with "-".',
    );
  const message = `${place} leads through ${one.document}#${at}, which is a value and has nothing below it.`;
  return fault('nowhere', one, message, 'Correct the place, or override the value itself.');
}

function pointerFault(one: Override, document: Json): OverrideFault | undefined {
  try {
    put(document, one.at, one.value);
    return undefined;
  } catch (caught) {
    if (caught instanceof Blocked) return blockedFault(one, caught);
    throw caught;
  }
}

function lineFault(one: Override, content: string): OverrideFault | undefined {
  if (one.value !== null) return undefined;
  const names = namesIn(one.document, content).map(({ name }) => name);
  if (names.includes(lineForms[one.document]?.key(one.at) ?? one.at)) return undefined;
  const guess = nearest(one.at, names);
  const fix = guess ? `Did you mean "${guess}"?` : 'Correct the name.';
  return fault('nowhere', one, `${one.document} has no line of ${one.at} to take out.`, fix);
}

function placeFault(one: Override, files: readonly GeneratedFile[], step: Json): OverrideFault | undefined {
  const held = fixedFault(one) ?? sectionFault(one);
  if (held) return held;
  if (one.document === 'launch.yaml') return pointerFault(one, step);
  const file = files.find(({ path }) => path === one.document);
  if (!file) {
    const fix = `This run has ${[...files.map(({ path }) => path), 'launch.yaml'].sort().join(', ')}.`;
    return fault('no-document', one, `This run has no ${one.document}.`, fix);
  }
  return one.document.endsWith('.json')
    ? pointerFault(one, JSON.parse(file.content) as Json)
    : lineFault(one, file.content);
}

function typedFault(one: Override, input: RunInput): OverrideFault | undefined {
  const setting = typedAt(one, input);
  if (setting === undefined) return undefined;
  const message = `${placeOf(one)} is what the setting ${setting} fills; the override wins, and the plan's numbers do not follow it.`;
  return fault('typed', one, message, `Use ${setting}, unless it cannot say what you need.`, 'warning');
}

/** The batch as the engines would read it, and the places that say it. */
function batchFault(overrides: readonly Override[], files: readonly GeneratedFile[], input: RunInput) {
  const { world, globalBatch } = input.derived;
  const value = (document: string, pointer: string): Json | undefined => {
    const file = files.find(({ path }) => path === document);
    return file && read(JSON.parse(file.content) as Json, pointer);
  };
  const micro = value('train.json', '/sft/per_device_train_batch_size');
  const steps = value('train.json', '/sft/gradient_accumulation_steps');
  const said = [
    ['train.json', '/sft/per_device_train_batch_size', micro],
    ['train.json', '/sft/gradient_accumulation_steps', steps],
    ['deepspeed.json', '/train_micro_batch_size_per_gpu', micro],
    ['deepspeed.json', '/gradient_accumulation_steps', steps],
    ['deepspeed.json', '/train_batch_size', globalBatch],
  ] as const;
  const product = typeof micro === 'number' && typeof steps === 'number' ? micro * steps * world : Number.NaN;
  for (const [document, pointer, wanted] of said) {
    const one = overrides.find((each) => each.document === document && covers(each.at, pointer));
    if (!one) continue;
    const is = value(document, pointer);
    if (product === globalBatch && (is === wanted || is === 'auto')) continue;
    const sum = `micro-batch ${String(micro)} x accumulation ${String(steps)} x ${world} ranks`;
    const message =
      product === globalBatch
        ? `${placeOf(one)} does not agree with train.json: ${sum} = ${globalBatch}.`
        : `With ${placeOf(one)}, ${sum} is not the global batch of ${globalBatch}.`;
    return fault('arithmetic', one, message, 'Set batch.micro and batch.global instead, and take the override out.');
  }
  return undefined;
}

function hostsFault(overrides: readonly Override[], files: readonly GeneratedFile[], input: RunInput) {
  const one = overrides.find(({ document }) => document === 'hostfile');
  const file = files.find(({ path }) => path === 'hostfile');
  if (!one || !file) return undefined;
  const lines = namesIn('hostfile', file.content);
  const ranks = lines.reduce((sum, { text }) => sum + Number(text.split(' slots=')[1]), 0);
  const { world } = input.derived;
  if (ranks === world && lines.length === input.layout.nodes) return undefined;
  const message = `The hostfile would have ${lines.length} hosts with ${ranks} ranks; the run has ${input.layout.nodes} and ${world}, and its batches are counted with them.`;
  return fault('arithmetic', one, message, "Change the cluster's hosts or gpus instead.");
}

/** Every fault of a run's overrides; empty where there are none. */
export function checkOverrides(input: RunInput, job: Job): OverrideFault[] {
  const overrides = eachOverride(input.settings.overrides);
  if (overrides.length === 0) return [];
  const files = renderPlain(input);
  const step = launchStep(job, input.stack) as unknown as Json;
  const wrong = overrides.flatMap((one) => placeFault(one, files, step) ?? []);
  const after = overrideFiles(files, input.settings.overrides);
  const broken = wrong.length > 0 ? [] : [batchFault(overrides, after, input), hostsFault(overrides, after, input)];
  const errors = [...wrong, ...broken.flatMap((one) => one ?? [])];
  const typed = overrides
    .filter((one) => !errors.some((error) => error.path === `overrides.${placeOf(one)}`))
    .flatMap((one) => typedFault(one, input) ?? []);
  return [...errors, ...typed];
}
