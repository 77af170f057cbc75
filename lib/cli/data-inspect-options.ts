/** The options of `sft data inspect`, as they were typed and as they are meant. */
import { resolve } from 'node:path';
import { nearest } from '../base/nearest.ts';
import type { NamedTemplate } from '../data/review/shaping.ts';
import { exit, fail } from '../errors.ts';
import type { Severity } from '../finding.ts';
import { type Format, formats } from '../settings/formats.ts';
import type { Context } from './context.ts';
import { namedTemplate } from './data-inspect-template.ts';

export interface InspectOptions {
  readonly samples?: string;
  readonly row?: string;
  readonly html?: string;
  readonly failOn?: string;
  readonly format?: string;
  readonly template?: string;
  readonly tokenizer?: string;
}

export interface Wanted {
  readonly samples: number;
  /** Of all files, from 1. */
  readonly row?: number;
  /** Absolute. */
  readonly html?: string;
  readonly failOn?: 'warning' | 'error';
  readonly format?: Format;
  readonly template?: NamedTemplate;
  /** As it was written. */
  readonly tokenizer?: string;
}

const usage = (message: string, fix: string) => fail('usage/arguments', message, fix, { exit: exit.usage });

/** Each is a screen, and kept in memory. */
const mostSamples = 1000;

function whole(flag: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : `, at most ${most}`;
  throw usage(`${flag} ${text} is no number of rows.`, `Give a whole number from ${least}${upTo}.`);
}

function oneOf<Word extends string>(flag: string, text: string | undefined, words: readonly Word[]): Word | undefined {
  const word = words.find((one) => one === text);
  if (text === undefined || word !== undefined) return word;
  const guess = nearest(text, words);
  throw usage(`There is no ${flag} ${text}.`, guess ? `Did you mean "${guess}"?` : `Give ${words.join(' or ')}.`);
}

const definite = <Value extends object>(value: Value) =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [Key in keyof Value]: Exclude<Value[Key], undefined>;
  };

export function wantedOf(options: InspectOptions, { cwd }: Pick<Context, 'cwd'>): Wanted {
  const { samples, row, html, failOn, format, template, tokenizer } = options;
  return {
    samples: whole('--samples', samples, 0, mostSamples) ?? 3,
    ...definite({
      row: whole('--row', row, 1, Number.MAX_SAFE_INTEGER),
      html: html === undefined ? undefined : resolve(cwd, html),
      failOn: oneOf('--fail-on', failOn, ['warning', 'error'] as const),
      format: oneOf('--format', format, Object.keys(formats) as Format[]),
      template: template === undefined ? undefined : namedTemplate(template, cwd),
      tokenizer,
    }),
  } as Wanted;
}

/** Whether what was found makes the command fail. */
export function isFailure(severities: readonly Severity[], failOn: Wanted['failOn']): boolean {
  if (failOn === undefined) return false;
  return severities.some((severity) => severity === 'error' || (failOn === 'warning' && severity === 'warning'));
}
