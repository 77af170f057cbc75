/**
 * Places in JSON text. Only called when something is wrong: JSON.parse is ten times faster than a parser that
 * knows lines.
 */
import { type JSONPath, visit } from 'jsonc-parser';

const strict = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };

/** The lines (from 1) on which elements of a JSON array begin, for the indices asked for. */
export function elementLines(text: string, wanted: readonly number[]): number[] {
  const found = new Map<number, number>();
  const note = (line: number, path: JSONPath) => {
    if (path.length === 1) found.set(path[0] as number, line + 1);
  };
  visit(
    text,
    {
      onObjectBegin: (_offset, _length, line, _character, path) => note(line, path()),
      onArrayBegin: (_offset, _length, line, _character, path) => note(line, path()),
      onLiteralValue: (_value, _offset, _length, line, _character, path) => note(line, path()),
    },
    strict,
  );
  return wanted.map((index) => found.get(index) ?? 0);
}

/** The line (from 1) of the first thing in a text that is not JSON. */
export function brokenLine(text: string): number {
  const broken: number[] = [];
  visit(text, { onError: (_error, _offset, _length, line) => void broken.push(line + 1) }, strict);
  return broken[0] ?? text.split('\n').length;
}
