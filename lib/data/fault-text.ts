/** What is said of rows with a fault, and what to do about it. */
import { nearest } from '../base/nearest.ts';
import type { Finding } from '../finding.ts';
import { roles } from './messages.ts';
import type { FaultKind } from './row-fault.ts';

export type Kind = FaultKind | 'repeated';
export type Told = Pick<Finding, 'id' | 'message' | 'fix'>;

const one = (name: string) => (name === '' ? 'without letters' : JSON.stringify(name));

function roleFix(role: string): string {
  const guess = nearest(role, Object.keys(roles));
  if (guess !== undefined) return `Did you mean "${guess}"?`;
  return 'Use system, user, assistant or tool; human and gpt of ShareGPT are known too.';
}

const orderFix =
  'Look at these rows: after an optional system message, user and assistant take turns, and the assistant is last.';

type Tells = (has: string, column: string, detail: string | undefined) => Told;

/** `has` is "3 rows of rows.json have". */
export const tells: Readonly<Record<Exclude<Kind, 'row' | 'missing'>, Tells>> = {
  text: (has, column) => ({
    id: 'data/not-text',
    message: `${has} a "${column}" that is no text.`,
    fix: `Write "${column}" as a string.`,
  }),
  half: (has, column) => ({
    id: 'data/not-text',
    message: `${has} half of a surrogate pair in "${column}".`,
    fix: 'Write the letter whole: \\ud83d\\ude42, or as itself.',
  }),
  repeated: (has, column) => ({
    id: 'data/duplicate-key',
    message: `${has} "${column}" more than once.`,
    fix: 'Keep the one you mean.',
  }),
  messages: (has, column) => ({
    id: 'data/messages',
    message: `${has} a "${column}" that is no list of messages.`,
    fix: `Write "${column}" as [{ "role": "user", "content": "..." }, { "role": "assistant", "content": "..." }].`,
  }),
  message: (has, column) => ({
    id: 'data/messages',
    message: `${has} a message in "${column}" that has no role.`,
    fix: 'Write each message as an object with role and content, or from and value.',
  }),
  role: (has, column, role) => ({
    id: 'data/role',
    message:
      role === undefined
        ? `${has} messages of roles in "${column}" that are not known.`
        : `${has} a message in "${column}" whose role ${one(role)} is not known.`,
    fix: roleFix(role ?? ''),
  }),
  content: (has, column, part) => ({
    id: 'data/not-text',
    message: `${has} a message in "${column}" whose ${part ?? 'content'} is no text.`,
    fix: `Write the ${part ?? 'content'} of each message as a string: pictures and sounds are not learnt from.`,
  }),
  call: (has, column) => ({
    id: 'data/tool-call',
    message: `${has} a call of a tool in "${column}" that cannot be read.`,
    fix: 'Write each call with the name of a function, and its arguments as an object or as the JSON of one.',
  }),
  tools: (has, column) => ({
    id: 'data/tools',
    message: `${has} a "${column}" that is no list of tools.`,
    fix: `Write "${column}" as a list of objects, or as the JSON of one.`,
  }),
  answer: (has, column) => ({
    id: 'data/no-answer',
    message: `${has} no message of the assistant in "${column}".`,
    fix: 'Take these rows out: there is nothing in them to learn.',
  }),
  empty: (has, column) => ({
    id: 'data/empty-answer',
    message: `${has} only empty answers in "${column}".`,
    fix: 'Take these rows out: there is nothing in them to learn.',
  }),
  part: (has, column) => ({
    id: 'data/empty-answer',
    message: `${has} an empty answer in "${column}", beside others.`,
    fix: 'Take the turn out, or the row: it teaches to say nothing.',
  }),
  order: (has, column, what) => ({
    id: 'data/role-order',
    message: `${has} messages in "${column}" that do not take turns${what === undefined ? '' : `: ${what}`}.`,
    fix: orderFix,
  }),
  weight: (has, column) => ({
    id: 'data/weight',
    message: `${has} an answer of weight 0 in "${column}", which is learnt like the others.`,
    fix: 'Take out what must not be learnt: a weight for each answer is not known here.',
  }),
};
