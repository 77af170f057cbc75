/** `overrides` of constructs: values in synthesised documents that are changed by hand. */
import type { Explanations } from './explanation.ts';

export const override: Explanations = {
  'override/arithmetic': {
    title: 'An override that breaks the arithmetic of the run',
    why: 'The global batch, or the number of rows, would not be what the plan says.',
    example: "overrides: { 'train.json': { '/sft/gradient_accumulation_steps': 3 } }",
    fix: 'Change batch.micro, batch.global or the Dataset instead.',
    source: 'docs/formulas.md',
  },
  'override/fixed': {
    title: 'An override of what says which run it is',
    why: 'With another value the file would name another run’s identity, data or weights.',
    example: "overrides: { 'train.json': { '/identity': 'x' } }",
    fix: 'Take it out.',
    source: 'docs/files.md',
  },
  'override/no-document': {
    title: 'An override of a document that the run, or every run that it is for, does not have',
    why: 'Nothing would be changed; deepspeed.json, for instance, is there only with zero.',
    example: "overrides: { 'deepspeed.json': { ... } } without zero",
    fix: 'Name one of the documents that are listed.',
    source: 'docs/files.md',
  },
  'override/nowhere': {
    title: 'An override that points nowhere',
    why: 'The place is not in the document, so nothing would be changed.',
    example: "overrides: { 'train.json': { '/sft/learning_rate/x': 1 } }",
    fix: 'Correct the place.',
    source: 'RFC 6901',
  },
  'override/typed': {
    title: 'An override of what a setting fills',
    why: 'The override wins, and what is derived from the setting does not follow it.',
    example: "overrides: { 'train.json': { '/sft/learning_rate': 1e-5 } }",
    fix: 'Use the setting, unless it cannot say what you need.',
    source: 'docs/settings.md',
  },
};
