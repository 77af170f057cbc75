/** The place of what is wrong in JSON text. Only called then: JSON.parse is ten times faster than a parser that knows lines. */
import { visit } from 'jsonc-parser';

const strict = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };

/** The line (from 1) of the first thing in a text that is not JSON. */
export function brokenLine(text: string): number {
  const broken: number[] = [];
  visit(text, { onError: (_error, offset) => void broken.push(offset) }, strict);
  // Only \n ends a line, here and where rows are counted.
  return text.slice(0, broken[0]).split('\n').length;
}
