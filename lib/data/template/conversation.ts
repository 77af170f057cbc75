/** A row as turns, which is what a chat template takes. */
import type { Json, JsonObject } from '../../base/json.ts';
import type { Example } from '../example.ts';
import type { Message } from '../message.ts';

export interface Conversation {
  readonly messages: readonly JsonObject[];
  readonly tools?: readonly Json[];
  /** How many of the messages are the prompt: what comes behind is trained on. Absent where every answer is. */
  readonly prompt?: number;
}

/** As the trainer has a question with its answer among dialogues (mix.py). What has no turns stays what it is. */
export function dialogueOf(example: Example): Example {
  const turns = example.kind === 'messages' ? undefined : conversationOf(example);
  return turns ? { kind: 'messages', messages: turns.messages as unknown as readonly Message[] } : example;
}

/** As the trainer does it, in example.py. Text has no turns: undefined. */
export function conversationOf(example: Example): Conversation | undefined {
  const turns = (user: string, assistant: string): Conversation => ({
    messages: [
      { role: 'user', content: user },
      { role: 'assistant', content: assistant },
    ],
    prompt: 1,
  });
  switch (example.kind) {
    case 'alpaca': {
      const { instruction, input, output } = example;
      return turns(input === '' ? instruction : `${instruction}\n\n${input}`, output);
    }
    case 'prompt':
      return turns(example.prompt, example.completion);
    case 'messages': {
      const messages = example.messages as unknown as readonly JsonObject[];
      return example.tools === undefined ? { messages } : { messages, tools: example.tools };
    }
    case 'text':
      return undefined;
  }
}
