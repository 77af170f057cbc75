/** Turns of a dialogue, as OpenAI or ShareGPT write them, as messages of one form. */
import { isObject, type Json } from '../base/json.ts';
import { type Calls, callsIn, toolsIn } from './calls.ts';
import { isHalf, type Message, type Role } from './message.ts';
import type { FaultKind } from './row-fault.ts';
import { orderFault } from './turn-order.ts';

/** OpenAI's roles and ShareGPT's, with what data sets of both call them too; `call` is a turn that calls a tool. */
export const roles: Readonly<Record<string, Role | 'call'>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  gpt: 'assistant',
  chatgpt: 'assistant',
  model: 'assistant',
  bot: 'assistant',
  tool: 'tool',
  function: 'tool',
  tool_response: 'tool',
  function_response: 'tool',
  observation: 'tool',
  function_call: 'call',
  tool_call: 'call',
};

export interface DialogueFault {
  readonly kind: FaultKind;
  readonly of: 'messages' | 'tools';
  readonly detail?: string;
}

export interface Dialogue {
  /** Absent where neither can be read; what is wrong with the messages may leave none. */
  readonly said?: { readonly messages: readonly Message[]; readonly tools?: readonly Json[] };
  readonly faults: readonly DialogueFault[];
}

type Turn = { readonly message: Message; readonly unweighted: boolean } | Omit<DialogueFault, 'of'>;

const own = (turn: Record<string, unknown>, key: string) => (Object.hasOwn(turn, key) ? turn[key] : undefined);

/** What is written as null was not written: tables have every key in every turn. */
const given = (turn: Record<string, unknown>, key: string) => own(turn, key) ?? undefined;

/** Text, or OpenAI's list of parts that are all text. */
function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content) || content.length === 0) return undefined;
  const parts = content.map((part) => (isObject(part) && own(part, 'type') === 'text' ? own(part, 'text') : undefined));
  return parts.every((part) => typeof part === 'string') ? parts.join('') : undefined;
}

const kept = ['name', 'tool_call_id', 'reasoning_content'] as const;

function message(turn: Record<string, unknown>, role: Role, content: string, calls: Calls | undefined): Turn {
  const texts: Record<string, string> = {};
  for (const key of kept) {
    const value = given(turn, key);
    if (value === undefined) continue;
    if (typeof value !== 'string') return { kind: 'content', detail: key };
    texts[key] = value;
  }
  if ([content, ...Object.values(texts)].some(isHalf)) return { kind: 'half' };
  const made = { role, content, ...texts, ...(calls ? { tool_calls: calls } : {}) };
  return { message: made, unweighted: role === 'assistant' && given(turn, 'weight') === 0 };
}

function turnOf(turn: unknown): Turn {
  if (!isObject(turn)) return { kind: 'message' };
  const named = given(turn, 'role') ?? given(turn, 'from');
  if (named === undefined) return { kind: 'message' };
  const role = typeof named === 'string' && Object.hasOwn(roles, named) ? roles[named] : undefined;
  if (role === undefined) return { kind: 'role', detail: typeof named === 'string' ? named : '' };
  const content = given(turn, 'content') ?? given(turn, 'value');
  if (role === 'call') {
    const calls = callsIn(content);
    return calls ? message(turn, 'assistant', '', calls) : { kind: 'call' };
  }
  // `function_call` is how OpenAI wrote the only call of a turn before there were several.
  const written = given(turn, 'tool_calls') ?? given(turn, 'function_call');
  const some = role === 'assistant' && written !== undefined && !(Array.isArray(written) && written.length === 0);
  const calls = some ? callsIn(written) : undefined;
  if (some && !calls) return { kind: 'call' };
  const text = calls && content === undefined ? '' : textOf(content);
  return text === undefined ? { kind: 'content' } : message(turn, role, text, calls);
}

/** Spelt out: what else counts as space differs between languages. */
const blank = /^[ \t\r\n]*$/;

/** Of turns that can all be read: whether there is something to learn from, and whether they take turns. */
function judged(messages: readonly Message[]): Omit<DialogueFault, 'of'>[] {
  const answers = messages.filter(({ role }) => role === 'assistant');
  if (answers.length === 0) return [{ kind: 'answer' }];
  const empty = answers.filter(({ content, tool_calls }) => !tool_calls && blank.test(content));
  const faults: Omit<DialogueFault, 'of'>[] = [];
  if (empty.length > 0) faults.push({ kind: empty.length === answers.length ? 'empty' : 'part' });
  const order = orderFault(messages);
  if (order !== undefined) faults.push({ kind: 'order', detail: order });
  return faults;
}

function turnsOf(value: readonly unknown[], system: string, faults: DialogueFault[]): Message[] {
  const messages: Message[] = system === '' ? [] : [{ role: 'system', content: system }];
  let unweighted = false;
  for (const each of value) {
    const turn = turnOf(each);
    if ('kind' in turn) faults.push({ ...turn, of: 'messages' });
    else {
      messages.push(turn.message);
      unweighted ||= turn.unweighted;
    }
  }
  if (faults.length > 0) return [];
  faults.push(...judged(messages).map((fault) => ({ ...fault, of: 'messages' as const })));
  if (unweighted) faults.push({ kind: 'weight', of: 'messages' });
  return messages;
}

/** `system`: of a column of its own; empty where there is none. `tools`: undefined or null where there are none. */
export function messagesOf(value: unknown, tools: unknown, system: string): Dialogue {
  const faults: DialogueFault[] = [];
  const messages = Array.isArray(value) && value.length > 0 ? turnsOf(value, system, faults) : undefined;
  if (messages === undefined) faults.push({ kind: 'messages', of: 'messages' });
  const offered: readonly Json[] | undefined = tools === undefined || tools === null ? [] : toolsIn(tools);
  if (offered === undefined) faults.push({ kind: 'tools', of: 'tools' });
  if (messages === undefined || offered === undefined) return { faults };
  return { said: { messages, ...(offered.length > 0 ? { tools: offered } : {}) }, faults };
}
