/**
 * When two rows are the same: a hash of the values that are used of them. Every value has exactly one form, so that the
 * trainer, which leaves out the same rows, has the same bytes: its twin is `key_of` in fix.py.
 */
import { createHash } from 'node:crypto';
import type { Dedupe } from '../../settings/fixes.ts';
import type { Example } from '../example.ts';
import { Foreign } from '../foreign.ts';

/** A length before each text and list keeps apart what would read the same behind one another. */
function* parts(value: unknown): Generator<string | Buffer> {
  if (value === null || value === undefined) yield 'n';
  else if (typeof value === 'boolean') yield value ? 't' : 'f';
  else if (typeof value === 'number') yield number(value);
  else if (typeof value === 'string') yield* text('s', value);
  else if (value instanceof Foreign) yield* text('x', value.type);
  else if (Array.isArray(value)) {
    yield `l${value.length}:`;
    for (const each of value) yield* parts(each);
  } else yield* fields(value as Record<string, unknown>);
}

/** By value, as 64 bits have it: 1 and 1.0 are one number, and so are 0 and -0. */
function number(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.write('d');
  bytes.writeDoubleBE(value === 0 ? 0 : value, 1);
  return bytes;
}

function text(mark: string, value: string): [string, Buffer] {
  const bytes = Buffer.from(value);
  return [`${mark}${bytes.length}:`, bytes];
}

/** Keys by their bytes, not by code units, which put 🙂 before ｶ. */
function* fields(value: Record<string, unknown>): Generator<string | Buffer> {
  const keys = Object.keys(value).map((key) => [Buffer.from(key), key] as const);
  keys.sort(([a], [b]) => Buffer.compare(a, b));
  yield `o${keys.length}:`;
  for (const [, key] of keys) {
    yield* text('s', key);
    yield* parts(value[key]);
  }
}

/** Undefined where a row asks nothing: those are not all alike. */
function asked(example: Example): readonly unknown[] | undefined {
  switch (example.kind) {
    case 'alpaca':
      return example.instruction === '' && example.input === '' ? undefined : [example.instruction, example.input];
    case 'prompt':
      return example.prompt === '' ? undefined : [example.prompt];
    case 'text':
      return undefined;
    case 'messages': {
      const messages = example.messages.filter(({ role }) => role !== 'assistant');
      return messages.every(({ content }) => content === '') ? undefined : [messages, example.tools ?? []];
    }
  }
}

function whole(example: Example): readonly unknown[] {
  switch (example.kind) {
    case 'alpaca':
      return [example.instruction, example.input, example.output];
    case 'prompt':
      return [example.prompt, example.completion];
    case 'text':
      return [example.text];
    case 'messages':
      return [example.messages, example.tools ?? []];
  }
}

/** 128 bits in hexadecimal. */
export function keyOf(example: Example, by: Dedupe): string {
  const question = by === 'questions' ? asked(example) : undefined;
  const hash = createHash('sha256');
  hash.update(question ? 'q' : 'r');
  for (const part of parts(question ?? whole(example))) hash.update(part);
  return hash.digest('hex').slice(0, 32);
}
