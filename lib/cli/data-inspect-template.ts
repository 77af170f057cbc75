/** A template that was named: one of ours, the model's, or the user's own in a file. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { nearest } from '../base/nearest.ts';
import { shownPath } from '../data/paths.ts';
import type { NamedTemplate } from '../data/review/shaping.ts';
import { readTemplate } from '../data/template/given.ts';
import { exit, fail, UserError } from '../errors.ts';
import { templateNames } from '../settings/templates.ts';

/** Of a file, which is checked as a plan checks it. Throws UserError. */
export function templateIn(folder: string, file: string): NamedTemplate {
  // Which rows it is for makes no difference to what is wrong with the file.
  const { text, findings } = readTemplate(folder, { file }, 'messages', {});
  if (text === undefined) throw new UserError(findings, exit.invalid);
  return { name: shownPath(file), jinja: text };
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** A name is a name also where a file is called so. Throws UserError. */
export function namedTemplate(word: string, cwd: string): NamedTemplate {
  const name = templateNames.find((one) => one === word);
  if (name !== undefined) return { name };
  if (isFile(resolve(cwd, word)) || /[./]/.test(word)) return templateIn(cwd, word);
  const guess = nearest(word, templateNames);
  const fix = guess ? `Did you mean "${guess}"?` : `Give ${templateNames.join(', ')}, or a Jinja file.`;
  throw fail('usage/arguments', `There is no --template ${shownPath(word)}.`, fix, { exit: exit.usage });
}
