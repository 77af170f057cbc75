/** Schemas of overrides, and of the variables that DeepSpeed's launcher can pass on. */
import * as z from 'zod';
import { kinds, setting } from './table.ts';

/**
 * What DeepSpeed's launcher can pass on to other hosts: it puts a value into double quotes, escapes nothing in it, cuts
 * blanks at its ends, and pdsh expands `%`. Anything else would run in a shell there, or change on its way.
 */
export const variable = z
  .string()
  .regex(
    /^(?!\s)[^"$`\\%\p{Cc}]*(?<!\s)$/u,
    'is no value for the launcher: it can hold no " $ ` % \\, control character, or blank at an end',
  );

export const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of a variable');

/** RFC 6901: `/sft/adam_beta2`; `~1` stands for a slash in a key, `~0` for a tilde. */
const pointer = z.string().regex(/^(\/([^~\p{Cc}]|~[01])*)+$/u, 'is no JSON pointer such as /sft/adam_beta2');

/** `2.9.0`, or with an operator: `>=2.9,<3`, `@ https://...`. One line, and no option of pip. */
const version = z
  .string()
  .regex(/^(@ ?\S+|[0-9][\w.+!*-]*|[=<>!~]=?[^\p{Cc};#]*)$/u, 'is no version such as 2.9.0 or >=2.9,<3');

const values = z.record(pointer, kinds.json);
const host = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]*$/, 'is no host name');
const packageName = z.string().regex(/^[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?$/, 'is no name of a Python package');

const form = z
  .strictObject({
    'train.json': values.optional(),
    'deepspeed.json': values.optional(),
    'launch.yaml': values.optional(),
    '.deepspeed_env': z.record(variableName, variable.nullable()).optional(),
    'launch.sh': z
      .record(
        variableName,
        z
          .string()
          .regex(/^\P{Cc}*$/u, 'can hold no line break')
          .nullable(),
      )
      .optional(),
    hostfile: z.record(host, z.int().min(1).nullable()).optional(),
    'requirements.txt': z.record(packageName, version.nullable()).optional(),
  })
  .optional();

export const overrides = setting(form, {
  class: 'semantic',
  doc: 'Values put into the synthesised files as they are; null takes one out. docs/overrides.md has the forms. Each has the class of the setting that fills its place; where none does, semantic in sft, peft, quantization, model and data of train.json, else operational.',
  via: 'any place of any file of the run',
});

/** Of a construct that runs are in, or are made of: the run's own settings hold what comes of it. */
export const inherited = setting(form, {
  class: 'semantic',
  doc: 'Values put into files of every run that this has a part in; what the run says counts before. docs/overrides.md has the forms. Each has the class that the run’s own would have.',
  via: 'any place of any file of the runs',
});
