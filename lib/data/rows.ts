/** Rows of a JSON array or of JSON lines, with the line of each one that is asked for. */
import { brokenLine, elementLines } from './lines.ts';

export interface Rows {
  readonly values: readonly unknown[];
  /** Lines (from 1) of some rows, by index. */
  readonly linesOf: (indices: readonly number[]) => readonly number[];
}

/** Thrown for text that is no JSON; `line` from 1. */
export class BrokenData extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

function array(text: string): Rows {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    throw new BrokenData('is not valid JSON', brokenLine(text));
  }
  return { values: values as unknown[], linesOf: (indices) => elementLines(text, indices) };
}

function lines(text: string): Rows {
  const values: unknown[] = [];
  const at: number[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    try {
      values.push(JSON.parse(line));
    } catch {
      throw new BrokenData('is not valid JSON', index + 1);
    }
    at.push(index + 1);
  });
  return { values, linesOf: (indices) => indices.map((index) => at[index] ?? 0) };
}

/** Reads a whole text; a byte order mark is allowed. */
export function readRows(text: string): Rows {
  const body = text.startsWith('\ufeff') ? text.slice(1) : text;
  return body.trimStart().startsWith('[') ? array(body) : lines(body);
}
