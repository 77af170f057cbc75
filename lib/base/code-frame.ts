/** The lines of a program around the place that a finding is about. Pure: the lines are handed in. */
import { printable } from './printable.ts';

/** The lines of a file, by the name that a finding's place has; undefined where it cannot be shown. */
export type SourceLines = (file: string) => readonly string[] | undefined;

export interface FrameLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** On the line that is meant: how many columns stand before the caret. Absent where the column is not known. */
  readonly caret?: number;
  readonly meant: boolean;
}

/** Longer lines are cut to a window around the caret. */
const widest = 100;

const shown = (text: string) => printable(text.replaceAll('\t', '  '));

function window(line: string, column: number): { text: string; caret: number } {
  const caret = shown(line.slice(0, column - 1)).length;
  const whole = shown(line);
  if (whole.length <= widest) return { text: whole, caret };
  const start = Math.max(0, Math.min(caret - Math.floor(widest / 2), whole.length - widest));
  const [before, after] = [start > 0 ? '...' : '', start + widest < whole.length ? '...' : ''];
  return { text: `${before}${whole.slice(start, start + widest)}${after}`, caret: caret - start + before.length };
}

/** `at` is `file:line:column` or `file:line`. One line before and one after; empty where there is nothing to show. */
export function codeFrame(at: string, source: SourceLines): FrameLine[] {
  const [, file = '', line = '', column = ''] = /^(.+?):(\d+)(?::(\d+))?$/.exec(at) ?? [];
  const lines = file === '' ? undefined : source(file);
  const meant = Number(line);
  if (!lines || meant < 1 || meant > lines.length) return [];
  return [meant - 1, meant, meant + 1].flatMap((number): FrameLine[] => {
    const text = lines[number - 1];
    // What ends a file is no line of it.
    if (text === undefined || (number === lines.length && text === '' && number !== meant)) return [];
    if (number !== meant || column === '' || Number(column) > text.length + 1)
      return [{ number, text: window(text, 1).text, meant: number === meant }];
    return [{ number, ...window(text, Number(column)), meant: true }];
  });
}
