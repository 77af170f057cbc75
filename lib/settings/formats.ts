/** How data files are written: shapes of rows with the columns of each, and encodings. */

/**
 * alpaca: instruction, input (may be missing or empty), output. prompt: prompt, completion. text: text.
 * messages: a list of messages, as OpenAI has them. sharegpt: the same as conversations.
 */
export const formats = {
  alpaca: { required: ['instruction', 'output'], optional: ['input'] },
  prompt: { required: ['prompt', 'completion'], optional: [] },
  text: { required: ['text'], optional: [] },
  messages: { required: ['messages'], optional: ['tools'] },
  sharegpt: { required: ['conversations'], optional: ['system', 'tools'] },
} as const;
export type Format = keyof typeof formats;

/** Whether its rows are messages already. */
export function isDialogue(format: Format): boolean {
  return format === 'messages' || format === 'sharegpt';
}

/** Every column that some format has, under the format's own name for it. */
export const formatColumns = [
  ...new Set(Object.values(formats).flatMap(({ required, optional }) => [...required, ...optional])),
] as const;
export type FormatColumn = (typeof formatColumns)[number];
/** What the data calls a column of the format, where that is another name. */
export type Columns = { readonly [Column in FormatColumn]?: string | undefined };

/** Of a data file that is not UTF-8, by the names of the WHATWG Encoding Standard. */
export const encodings = ['utf-16le', 'utf-16be', 'shift_jis', 'euc-jp'] as const;
export type FileEncoding = (typeof encodings)[number];
/** Those that a user may say a file is in. */
export const writtenEncodings = ['utf-8', ...encodings] as const;
export type WrittenEncoding = (typeof writtenEncodings)[number];

/** Of a data file that is not JSON: what stands between its fields, a row a line, or columns as programs write them. */
export const fileTypes = ['csv', 'tsv', 'text', 'parquet', 'arrow'] as const;
export type FileType = (typeof fileTypes)[number];
