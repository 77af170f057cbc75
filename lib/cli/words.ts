/** What can stand where the cursor is, from the command line that commander knows. Pure: names are handed in. */
import type { Command, Option } from 'commander';

/** What an argument or an option's value can be. `files`: the shell completes them. */
export type Kind = 'stacks' | 'runs' | 'findings' | 'schemas' | 'shells' | 'commands' | 'files';

export interface Offer {
  readonly words: readonly (readonly [word: string, text: string])[];
  readonly kinds: readonly Kind[];
}

/** By the names that rows give their parameters. */
const kindsOf: Readonly<Record<string, readonly Kind[]>> = {
  stack: ['stacks'],
  run: ['runs'],
  'plan-or-stack': ['stacks', 'files'],
  file: ['files'],
  what: ['stacks', 'files'],
  dir: ['files'],
  id: ['findings'],
  document: ['schemas'],
  shell: ['shells'],
  command: ['commands'],
};

const nothing: Offer = { words: [], kinds: [] };
const ofName = (name: string): Offer => ({ words: [], kinds: kindsOf[name] ?? [] });

const takesValue = (option: Option) => option.required || option.optional;
const find = (options: readonly Option[], word: string) =>
  options.find(({ short, long }) => short === word || long === word);

/** The name of what an option takes: `run` of `--replace <run...>`. */
const valueName = (option: Option) => /[<[]([\w-]+)/.exec(option.flags)?.[1] ?? '';

function optionWords(options: readonly Option[]): Offer {
  const words = options
    .filter((option) => !option.hidden)
    .map((option) => [option.long ?? option.short ?? option.flags, option.description] as const);
  return { words: [...words, ['--help', 'show help']], kinds: [] };
}

function commandWords(program: Command): Offer {
  const { commands } = program;
  const visible = program.createHelp().visibleCommands(program);
  const words = visible.filter((one) => commands.includes(one) || one.name() === 'help');
  return { words: words.map((one) => [one.name(), one.description()] as const), kinds: [] };
}

/** `words`: all after `sft`, the last of them the one at the cursor, as far as it is written. */
export function offer(program: Command, words: readonly string[]): Offer {
  const current = words.at(-1) ?? '';
  let command: Command | undefined;
  let help = false;
  let positionals = 0;
  let open: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (open && !(open.variadic && word.startsWith('-'))) {
      if (!open.variadic) open = undefined;
      continue;
    }
    open = undefined;
    const options = [...program.options, ...(command?.options ?? [])];
    if (word.startsWith('-')) {
      const option = find(options, word);
      if (option && takesValue(option)) open = option;
    } else if (command || help) positionals += 1;
    else if (word === 'help') help = true;
    else {
      command = program.commands.find((one) => one.name() === word);
      if (!command) return nothing;
    }
  }
  const options = [...program.options, ...(command?.options ?? [])];
  if (open && !(open.variadic && current.startsWith('-'))) return ofName(valueName(open));
  if (current.startsWith('-')) return optionWords(options);
  if (help) return positionals === 0 ? commandWords(program) : nothing;
  if (!command) return commandWords(program);
  const { registeredArguments } = command;
  const argument = registeredArguments[positionals] ?? registeredArguments.filter((one) => one.variadic).at(-1);
  return argument ? ofName(argument.name()) : nothing;
}
