/** Files whose values can be overridden, and what is written for that. */
import type { Json } from '../base/json.ts';

/** Documents that are addressed by JSON pointers. */
export const pointed = ['train.json', 'deepspeed.json', 'launch.yaml'] as const;
/** Documents that are addressed by the name that a line begins with. */
export const named = ['.deepspeed_env', 'launch.sh', 'hostfile', 'requirements.txt'] as const;

/** A file whose values can be overridden. */
export type Document = keyof Overrides;
export const documents: readonly Document[] = [...pointed, ...named];

/** One value that is put in (or, null, taken out). */
export interface Override {
  /** The file. */
  readonly document: Document;
  /** A JSON pointer, or the name of a line. */
  readonly at: string;
  /** Null takes out what is there. */
  readonly value: Json;
}

/**
 * Values that are put into a run's synthesised files as they are, by file. In `train.json`, `deepspeed.json` and
 * `launch.yaml` a key is a JSON pointer (RFC 6901), in the others the name that a line begins with. `null` takes out what
 * is there. Errors: `override/nowhere`, `override/no-document`, `override/fixed`, `override/arithmetic`.
 */
export interface Overrides {
  /** For the trainer: `'/sft/adam_beta2': 0.95`. */
  readonly 'train.json'?: Readonly<Record<string, Json>> | undefined;
  /** For DeepSpeed: `'/zero_optimization/reduce_bucket_size': 5e7`. */
  readonly 'deepspeed.json'?: Readonly<Record<string, Json>> | undefined;
  /** The step of this run in the launch plan, which people and programs read: `'/hosts/0': 'node-1.example'`. */
  readonly 'launch.yaml'?: Readonly<Record<string, Json>> | undefined;
  /** Variables for the other hosts of DeepSpeed's launcher, which can pass on no quotes, `$`, `%` or backslash. */
  readonly '.deepspeed_env'?: Readonly<Record<string, string | null>> | undefined;
  /** Variables that the script exports; values are quoted for the shell. */
  readonly 'launch.sh'?: Readonly<Record<string, string | null>> | undefined;
  /** Slots of a host: whole numbers from 1. */
  readonly hostfile?: Readonly<Record<string, number | null>> | undefined;
  /** Version of a Python package: `2.9.0`, or with an operator, `>=2.8,<3`. */
  readonly 'requirements.txt'?: Readonly<Record<string, string | null>> | undefined;
}
