/** Rows for judging, and one kind of what is found in them. */
import type { Example } from '../../lib/data/example.ts';
import { type DataFinding, type JudgeOptions, judge, type RowView } from '../../lib/data/judge/judge.ts';

export const alpaca = (instruction: string, output: string, input = ''): Example => ({
  kind: 'alpaca',
  instruction,
  input,
  output,
});

/** Ten lines a row. */
export function viewed(example: Example, index: number): RowView {
  return { file: 'rows.json', number: index + 1, line: (index + 1) * 10, value: example, example };
}

export async function only(
  id: string,
  examples: readonly Example[],
  options: JudgeOptions = {},
): Promise<DataFinding | undefined> {
  const found = await judge(examples.map(viewed), options);
  return found.find((finding) => finding.id === id);
}
