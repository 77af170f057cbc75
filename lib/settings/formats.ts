/** How data files are written: shapes of rows with the columns of each, and encodings. */

/** alpaca: instruction, input (may be missing or empty), output. prompt: prompt, completion. text: text. */
export const formats = {
  alpaca: { required: ['instruction', 'output'], optional: ['input'] },
  prompt: { required: ['prompt', 'completion'], optional: [] },
  text: { required: ['text'], optional: [] },
} as const;
export type Format = keyof typeof formats;

/** Of a data file that is not UTF-8, by the names of the WHATWG Encoding Standard. */
export const encodings = ['utf-16le', 'utf-16be', 'shift_jis', 'euc-jp'] as const;
export type FileEncoding = (typeof encodings)[number];

/** Of a data file that is not JSON, by the end of its name: what stands between its fields, or a row a line. */
export const fileTypes = ['csv', 'tsv', 'text'] as const;
export type FileType = (typeof fileTypes)[number];
