/** Templates: how a row becomes the text that is trained on. */
import type { Format } from './formats.ts';

/** Made of a prompt and an answer, as they stand: no turns, and the tokenizer adds its own first token. */
export const plainTemplates = ['alpaca', 'plain'] as const;
/** Chat templates in Jinja, of which cdksft has its own copy. */
export const chatTemplates = ['chatml', 'llama2', 'llama3', 'gemma', 'mistral', 'phi', 'qwen'] as const;
/** `model`: the chat template that the model's tokenizer has. */
export const templateNames = [...plainTemplates, ...chatTemplates, 'model'] as const;

export type PlainTemplate = (typeof plainTemplates)[number];
export type ChatTemplate = (typeof chatTemplates)[number];
export type TemplateName = (typeof templateNames)[number];

/** What a format is rendered with where nothing else is said. */
export function defaultTemplate(format: Format): TemplateName {
  if (format === 'alpaca') return 'alpaca';
  return format === 'prompt' || format === 'text' ? 'plain' : 'model';
}

export function isPlain(name: string): name is PlainTemplate {
  return (plainTemplates as readonly string[]).includes(name);
}

export function isBuiltIn(name: string): name is ChatTemplate {
  return (chatTemplates as readonly string[]).includes(name);
}
