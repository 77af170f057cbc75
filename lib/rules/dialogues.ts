/** Rows of dialogues against what can render them. */
import type { Rule } from './rule.ts';

/** A dialogue has no text of its own: a chat template makes it. */
export const dialoguesNeedTemplate: Rule = ({ settings: { data } }) =>
  data.format === 'messages' || data.format === 'sharegpt'
    ? {
        id: 'data/needs-template',
        severity: 'error',
        path: 'data',
        given: data.format,
        message: `Rows of the format ${data.format} need a chat template, and no run has one.`,
        fix: "Write each dialogue as prompt and completion, and format: 'prompt'.",
      }
    : undefined;

export const dialogues: readonly Rule[] = [dialoguesNeedTemplate];
