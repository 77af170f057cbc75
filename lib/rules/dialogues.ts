/** Rows of dialogues against what can render them. */
import { isDialogue } from '../settings/formats.ts';
import type { Rule } from './rule.ts';

/** A dialogue has no text of its own: a chat template makes it, and the tokenizer made for random weights has none. */
export const dialoguesNeedTemplate: Rule = ({ settings: { data, model } }) =>
  isDialogue(data.format) && data.template === undefined && model.source === 'config'
    ? {
        id: 'data/needs-template',
        severity: 'error',
        path: 'data',
        given: data.format,
        message: `Rows of the format ${data.format} need a chat template, and a model from a config has none of its own.`,
        fix: "Name one on the dataset: template: 'chatml'.",
      }
    : undefined;

export const dialogues: readonly Rule[] = [dialoguesNeedTemplate];
