/** A message of a dialogue in the one form that templates render. */
import type { JsonObject } from '../base/json.ts';

export type Role = 'system' | 'user' | 'assistant' | 'tool';

export interface ToolCall {
  readonly id?: string;
  readonly type: 'function';
  /** `arguments` is an object, also where the row has it as JSON text: templates write it out themselves. */
  readonly function: { readonly name: string; readonly arguments: JsonObject };
}

export interface Message {
  readonly role: Role;
  /** Empty where a call of a tool says nothing else. */
  readonly content: string;
  readonly name?: string;
  readonly tool_call_id?: string;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly ToolCall[];
}

/** Half of a surrogate pair is no text: nothing can write it as UTF-8. */
export function isHalf(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}
