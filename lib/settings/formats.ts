/** Shapes of rows, and the columns that each has. */

/** alpaca: instruction, input (may be missing or empty), output. prompt: prompt, completion. text: text. */
export const formats = {
  alpaca: { required: ['instruction', 'output'], optional: ['input'] },
  prompt: { required: ['prompt', 'completion'], optional: [] },
  text: { required: ['text'], optional: [] },
} as const;
export type Format = keyof typeof formats;
