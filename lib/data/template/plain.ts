/** Templates without turns: the prompt and the answer as text, with the token that ends them. */
import type { PlainTemplate } from '../../settings/templates.ts';
import type { Example } from '../example.ts';

export interface Plain {
  readonly prompt: string;
  readonly completion: string;
}

const preamble = 'Below is an instruction that describes a task';
const respond = 'Write a response that appropriately completes the request.';

/**
 * Stanford: tatsu-lab/stanford_alpaca at 761dc5b, train.py, PROMPT_DICT; with a line break behind "### Response:", as
 * Axolotl and LLaMA-Factory write it. The trainer's is rows.py.
 */
function alpaca(instruction: string, input: string): string {
  const asked = `### Instruction:\n${instruction}\n\n`;
  if (input === '') return `${preamble}. ${respond}\n\n${asked}### Response:\n`;
  const given = ', paired with an input that provides further context. ';
  return `${preamble}${given}${respond}\n\n${asked}### Input:\n${input}\n\n### Response:\n`;
}

/** Undefined where the template does not take such a row. */
export function plainOf(example: Example, template: PlainTemplate): Plain | undefined {
  if (template === 'alpaca') {
    if (example.kind !== 'alpaca') return undefined;
    return { prompt: alpaca(example.instruction, example.input), completion: example.output };
  }
  if (example.kind === 'prompt') return { prompt: example.prompt, completion: example.completion };
  return example.kind === 'text' ? { prompt: '', completion: example.text } : undefined;
}
