/** A row as judging sees it, and what its example says, text by text. */
import { isObject } from '../../base/json.ts';
import type { Example } from '../example.ts';
import type { Message } from '../message.ts';
import { traitsOf } from './traits.ts';

/** What is rendered from a row, where a template is known. */
export interface Rendered {
  readonly text: string;
  /** Spans that are learnt, [from, to) in characters of `text`. */
  readonly trained: readonly (readonly [number, number])[];
}

/** Token ids of the rendered text, before anything is cut; `trained` is 1 where a token is in the loss. */
export interface Tokens {
  readonly ids: ArrayLike<number>;
  readonly trained: ArrayLike<number>;
}

export interface RowView {
  /** As messages name it. */
  readonly file: string;
  /** Row of its file, from 1. */
  readonly number: number;
  /** Line on which it begins, from 1. */
  readonly line?: number;
  /** As it was read. */
  readonly value: unknown;
  /** Absent where the row makes none. */
  readonly example?: Example;
  readonly rendered?: Rendered;
  readonly tokens?: Tokens;
}

/** One text of a row. `text` is both: all of it is learnt, and nothing is asked. */
export interface Said {
  /** As the row calls it: `output`, `messages[2]`. */
  readonly column: string;
  readonly side: 'asked' | 'answer' | 'text';
  readonly text: string;
  /** Which marks it has at all. */
  readonly traits: number;
}

type Spoken = Omit<Said, 'traits'>;

function turns(messages: readonly Message[]): Spoken[] {
  return messages.map(({ role, content }, index) => ({
    column: `messages[${index}]`,
    side: role === 'assistant' ? 'answer' : 'asked',
    text: content,
  }));
}

/** In the order in which a row says it. Empty texts are left out. */
export function saidOf(example: Example): Said[] {
  const all = ((): Spoken[] => {
    switch (example.kind) {
      case 'alpaca':
        return [
          { column: 'instruction', side: 'asked', text: example.instruction },
          { column: 'input', side: 'asked', text: example.input },
          { column: 'output', side: 'answer', text: example.output },
        ];
      case 'prompt':
        return [
          { column: 'prompt', side: 'asked', text: example.prompt },
          { column: 'completion', side: 'answer', text: example.completion },
        ];
      case 'text':
        return [{ column: 'text', side: 'text', text: example.text }];
      case 'messages':
        return turns(example.messages);
    }
  })();
  return all.filter(({ text }) => text !== '').map((one) => ({ ...one, traits: traitsOf(one.text) }));
}

/** A value that says where a row came from, under the names that data sets use. */
export function sourceOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  for (const name of ['source', 'dataset', 'origin', 'category'])
    if (typeof value[name] === 'string' && value[name] !== '') return `${name}: ${value[name]}`;
  return undefined;
}
