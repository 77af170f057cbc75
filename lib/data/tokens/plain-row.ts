/** The text of a row without turns, as the trainer hands it to TRL: the same text that templates render. */
import type { PlainTemplate } from '../../settings/templates.ts';
import type { Example } from '../example.ts';
import { plainOf } from '../template/plain.ts';
import type { PlainRow } from './as-trained.ts';

/** Undefined where the template does not take such a row. */
export function plainRow(example: Example, template: PlainTemplate): PlainRow | undefined {
  // TRL has no prompt for rows of text: the tokenizer's own first token is trained on, too.
  if (example.kind === 'text') return template === 'plain' ? { text: example.text } : undefined;
  return plainOf(example, template);
}
