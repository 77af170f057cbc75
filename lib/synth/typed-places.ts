/** Which setting fills a place of a file: the table's rows, and what is computed from them. */
import { type Override, pointed } from '../settings/documents.ts';
import { settingRows } from '../settings/rows.ts';
import { computed as deepspeedComputed } from './deepspeed-json.ts';
import type { RunInput } from './input.ts';
import { splitPlace } from './places.ts';
import { computed as trainComputed } from './train-fields.ts';

const computedIn = { 'train.json': trainComputed, 'deepspeed.json': deepspeedComputed } as const;

/** What the Trainer fills in from train.json, and what a step of launch.yaml shows. */
const byHand: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'deepspeed.json': {
    '/bf16/enabled': 'precision',
    '/fp16/enabled': 'precision',
    '/gradient_accumulation_steps': 'batch.global',
    '/gradient_clipping': 'clipping',
    '/train_batch_size': 'batch.global',
    '/train_micro_batch_size_per_gpu': 'batch.micro',
  },
  'launch.yaml': { '/environment': 'environment' },
};

/** Pointer and setting, of a document that is addressed by pointers. */
function placesOf(document: string, input: RunInput): (readonly [pointer: string, setting: string])[] {
  const rows = [...settingRows().values()].flatMap(({ path, place }) => {
    const split = place === undefined ? undefined : splitPlace(place);
    return split?.file === document && split.pointer !== '' ? [[split.pointer, path] as const] : [];
  });
  const computed = document === 'train.json' || document === 'deepspeed.json' ? computedIn[document] : {};
  const filled = Object.entries(computed).flatMap(([path, compute]) =>
    Object.keys(compute(input)).map((pointer) => [pointer, path] as const),
  );
  return [...rows, ...filled, ...Object.entries(byHand[document] ?? {})];
}

const overlap = (a: string, b: string) => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);

/** The setting that is there for what an override changes; undefined where none is. */
export function typedAt({ document, at }: Override, input: RunInput): string | undefined {
  if ((pointed as readonly string[]).includes(document))
    return placesOf(document, input).find(([pointer]) => overlap(at, pointer))?.[1];
  if (document === 'hostfile') return input.layout.hosts.includes(at) ? 'cluster.gpus.perNode' : 'cluster.hosts';
  // A variable that nobody has set is not typed: overriding ours is what overrides are for.
  return document !== 'requirements.txt' && at in input.settings.environment ? 'environment' : undefined;
}
