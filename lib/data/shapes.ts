/** What rows look like, told where they are not what their format needs. */
import { type Format, formats } from '../settings/formats.ts';

/** Columns of dialogues, as others write them: several turns in a row are no format here. */
const dialogues: Readonly<Record<string, string>> = {
  messages: 'messages as OpenAI has them',
  conversations: 'conversations as ShareGPT has them',
};

const most = 8;

function listed(columns: readonly string[]): string {
  if (columns.length === 0) return 'no columns';
  const shown = columns.slice(0, most).join(', ');
  return columns.length > most ? `${shown} and ${columns.length - most} more` : shown;
}

/** The format whose columns are all there. */
export function formatOf(columns: readonly string[]): Format | undefined {
  const names: readonly Format[] = ['alpaca', 'prompt', 'text'];
  return names.find((name) => formats[name].required.every((column) => columns.includes(column)));
}

/** What to do with a row of these columns under a format that it does not fit. */
export function fitShape(columns: readonly string[], format: Format): string {
  const found = formatOf(columns);
  if (found !== undefined) return `Its columns are those of the format ${found}: write format: '${found}'.`;
  const dialogue = Object.keys(dialogues).find((name) => columns.includes(name));
  if (dialogue !== undefined)
    return `It holds ${dialogues[dialogue]}: write each as prompt and completion, and format: 'prompt'.`;
  const needs = formats[format].required.join(', ');
  return `The format ${format} needs ${needs}, and it has ${listed(columns)}: rename them, or choose another format.`;
}
