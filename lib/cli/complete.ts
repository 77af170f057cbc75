/** `sft __complete -- WORDS`: what the shells' completion asks. One `word<tab>text` a line; `:files` asks for paths too. */
import { existsSync, globSync, readdirSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { explanations } from '../catalog/findings/index.ts';
import { type ExitCode, exit } from '../errors.ts';
import { readConfiguration } from '../program/configuration.ts';
import { findProject } from '../program/project.ts';
import { isProgram } from '../program/sources.ts';
import { shells } from './completion.ts';
import type { Context } from './context.ts';
import { nameOf, recordedRuns, recordedStacks } from './recorded.ts';
import { type Kind, offer } from './words.ts';

type Word = readonly [word: string, text: string];

/** No program is run for it: stacks are named by their synthesised folders, their states, and their files. */
function stackNames(project: string): Word[] {
  const { out, stacks } = readConfiguration(project);
  const folder = join(project, out);
  const written = existsSync(folder)
    ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'manifest.json')))
    : [];
  const paths = stacks.flatMap((glob) => globSync(glob, { cwd: project })).filter((path) => isProgram.test(path));
  const programs = paths.map((path) => basename(path, extname(path)));
  const names = new Set([...written, ...recordedStacks(project), ...programs]);
  return [...names].sort().map((name) => [name, 'stack']);
}

async function wordsOf(kind: Kind, project: string): Promise<Word[]> {
  switch (kind) {
    case 'stacks':
      return stackNames(project);
    case 'runs':
      return (await recordedRuns(project, [])).map((run) => [nameOf(run), 'run']);
    case 'findings':
      return [...explanations].map(([id, { title }]) => [id, title]);
    case 'schemas': {
      const { schemaNames } = await import('../report/schema/index.ts');
      return schemaNames.map((name) => [name, 'JSON Schema']);
    }
    case 'shells':
      return shells.map((shell) => [shell, 'shell']);
    case 'commands':
    case 'files':
      return [];
  }
}

/** The folder that the line itself names. */
function folderOf(words: readonly string[], cwd: string): string {
  const at = words.findIndex((word) => word === '-C' || word === '--directory');
  return resolve(cwd, (at < 0 ? undefined : words[at + 1]) ?? '.');
}

/** Never fails: a broken project has nothing to offer, and a prompt is no place for messages. */
export async function complete(context: Context, words: string[], program: Command): Promise<ExitCode> {
  const current = words.at(-1) ?? '';
  try {
    const { words: fixed, kinds } = offer(program, words);
    const project = findProject(folderOf(words.slice(0, -1), context.cwd));
    const named = await Promise.all(kinds.map((kind) => wordsOf(kind, project)));
    for (const [word, text] of [...fixed, ...named.flat()])
      if (word.startsWith(current)) context.out(`${word}\t${text}`);
    if (kinds.includes('files')) context.out(':files');
  } catch {
    return exit.done;
  }
  return exit.done;
}
