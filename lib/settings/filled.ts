/** Which setting fills a place of a file: the rows of the table, and what is filled beside the place that a row names. */
import type { Change } from './change.ts';
import { settingRows } from './rows.ts';

/** What a setting fills besides the place of its row: computed here, or by the Trainer where deepspeed.json says "auto". */
const beside: Readonly<Record<string, string>> = {
  'train.json#/sft/assistant_only_loss': 'loss',
  'train.json#/sft/fp16': 'precision',
  'train.json#/sft/eval_strategy': 'evaluation',
  'train.json#/sft/save_strategy': 'checkpoints',
  'train.json#/sft/save_total_limit': 'checkpoints',
  'train.json#/sft/run_name': 'trackers',
  'train.json#/quantization/load_in_8bit': 'method.bits',
  'deepspeed.json#/bf16/enabled': 'precision',
  'deepspeed.json#/fp16/enabled': 'precision',
  'deepspeed.json#/gradient_accumulation_steps': 'batch.global',
  'deepspeed.json#/gradient_clipping': 'clipping',
  'deepspeed.json#/train_batch_size': 'batch.global',
  'deepspeed.json#/train_micro_batch_size_per_gpu': 'batch.micro',
  'deepspeed.json#/zero_optimization/offload_optimizer': 'zero.offload',
  'deepspeed.json#/zero_optimization/offload_param': 'zero.offload',
  'launch.yaml#/environment': 'environment',
};

/** A place of a file, and the setting whose it is. */
export interface Filled {
  readonly place: string;
  readonly setting: string;
  readonly class: Change;
}

let known: readonly Filled[] | undefined;

function filled(): readonly Filled[] {
  if (known) return known;
  const rows = settingRows();
  const own = [...rows.values()].flatMap(({ path, place, class: change }) =>
    place?.includes('#') ? [{ place, setting: path, class: change }] : [],
  );
  const others = Object.entries(beside).flatMap(([place, setting]) => {
    const row = rows.get(setting);
    return row ? [{ place, setting, class: row.class }] : [];
  });
  known = [...own, ...others];
  return known;
}

/** The setting that a place belongs to, with all that is in it. */
export function settingOf(place: string): Filled | undefined {
  return filled().find((one) => place === one.place || place.startsWith(`${one.place}/`));
}

/** The settings that fill a part of a place. */
export function settingsIn(place: string): readonly Filled[] {
  return filled().filter((one) => one.place.startsWith(`${place}/`));
}
