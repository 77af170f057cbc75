/** Whether messages take turns as chat templates expect them to. */
import type { Message, Role } from './message.ts';

const named: Readonly<Record<Role, string>> = {
  system: 'a system message',
  user: 'a user message',
  assistant: 'an assistant message',
  tool: 'a tool message',
};

/** What may stand before each; undefined is the beginning. A tool answers a call, or another call of the same turn. */
const after: Readonly<Record<Role, readonly (Role | undefined)[]>> = {
  system: [undefined],
  user: [undefined, 'system', 'assistant', 'tool'],
  assistant: ['user', 'tool'],
  tool: ['assistant', 'tool'],
};

/** The first place where they do not, in words. */
export function orderFault(messages: readonly Message[]): string | undefined {
  let before: Role | undefined;
  for (const { role } of messages) {
    if (!after[role].includes(before))
      return before === undefined ? `${named[role]} first` : `${named[role]} after ${named[before]}`;
    before = role;
  }
  return before === 'assistant' || before === undefined ? undefined : `${named[before]} last`;
}
