/** Completion, in the shells themselves: what a line that is typed becomes. */
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FileStore } from '../../lib/state/store.ts';
import { programText, rows } from '../support/programs.ts';
import { checkout, makeProject, type Project, sft } from '../support/sft.ts';
import { skip } from '../support/skip.ts';
import { stateOf } from '../support/states.ts';

let project: Project;
test.before(async () => {
  project = makeProject({
    'rows.json': rows,
    'stacks/demo.ts': programText(),
    'notes.txt': '',
    'bin/sft': `#!/bin/sh\nexec '${process.execPath}' '${join(checkout, 'bin', 'sft.js')}' "$@"\n`,
  });
  chmodSync(join(project.folder, 'bin', 'sft'), 0o755);
  assert.is((await sft(project.folder, 'synth')).code, 0);
  // As an apply of the stack `example` would have left it.
  await new FileStore(join(project.folder, '.sft', 'state', 'example')).write(stateOf(1), () => undefined);
});
test.after(() => project.remove());

interface Line {
  readonly typed: string;
  /** All that is offered; where it is one word, the shell puts it in. */
  readonly offers: readonly string[];
}

const lines: readonly Line[] = [
  { typed: 'sft pla', offers: ['plan'] },
  { typed: 'sft --json expl', offers: ['explain'] },
  { typed: 'sft plan --o', offers: ['--out'] },
  { typed: 'sft plan de', offers: ['demo'] },
  { typed: 'sft plan --out not', offers: ['notes.txt'] },
  { typed: 'sft logs -f ex', offers: ['example/sft'] },
  { typed: 'sft explain batch/', offers: ['batch/global'] },
  { typed: 'sft help sy', offers: ['synth'] },
  { typed: 'sft sy demo --ch', offers: [] },
  { typed: 'sft completion ', offers: ['bash', 'fish', 'zsh'] },
];

/** What each shell does in its own way; the rest is said by `sft` in all of them. */
const some = lines.slice(2, 6);

function shell(name: string, args: readonly string[]): string {
  const { env } = process;
  const path = `${join(project.folder, 'bin')}:${env.PATH}`;
  const options = { cwd: project.folder, encoding: 'utf8', timeout: 60_000 } as const;
  const ran = spawnSync(name, args, { ...options, env: { ...env, PATH: path, HOME: project.folder, TERM: 'dumb' } });
  assert.is(ran.status, 0, `${name}: ${ran.stderr}${ran.error ?? ''}`);
  return ran.stdout;
}

const isThere = (name: string) => spawnSync(name, ['-c', 'exit 0']).status === 0;

function inShell(name: string, act: () => void): void {
  test(`${name} completes commands, options, stacks, runs, ids and files`, () => {
    if (isThere(name)) act();
    else skip(`completion in ${name}`, `${name} is not installed`);
  });
}

/** Calls what `complete` registered, with the line split as bash does it, and reads its answer. */
const inBash = (typed: string) => `
  COMP_LINE=${JSON.stringify(typed)}; COMP_POINT=\${#COMP_LINE}; COMP_WORDS=($COMP_LINE)
  [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  $(complete -p sft | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
  printf '%s ' "\${COMPREPLY[@]}"; echo
`;

inShell('bash', () => {
  const script = `source <(sft completion bash)\n${lines.map(({ typed }) => inBash(typed)).join('')}`;
  const answers = shell('bash', ['--norc', '-c', script]).split('\n');
  lines.forEach(({ typed, offers }, index) => {
    const given = (answers[index] ?? '').split(' ').filter((word) => word !== '');
    assert.equal(given.sort(), [...offers], typed);
  });
});

inShell('fish', () => {
  const asks = some.map(({ typed }) => `complete -C '${typed}' | string replace -r '\\t.*' ''\necho =`).join('\n');
  const answers = shell('fish', ['--no-config', '-c', `sft completion fish | source\n${asks}`]).split('=\n');
  some.forEach(({ typed, offers }, index) => {
    const given = (answers[index] ?? '').split('\n').filter((word) => word !== '');
    assert.equal(given.sort(), [...offers], typed);
  });
});

/** A terminal of its own, in which keys are pressed; ctrl-x prints the line as it then stands. */
const inZsh = `
zmodload zsh/zpty
zpty -b z "PS1= PROMPT_EOL_MARK= zsh -f -i"
say() { zpty -w z "$1" }
say 'autoload -Uz compinit; compinit -u -D; source <(sft completion zsh)'
say 'show() { print -r -- "LINE<$BUFFER>"; BUFFER=; zle reset-prompt }; zle -N show; bindkey "^X" show; setopt no_list_beep; echo RE''ADY'
zpty -r -m z got '*READY*' || exit 3
for typed in "$@"; do
  zpty -w -n z "$typed"$'\\t'$'\\x18'
  zpty -r -m z got '*LINE<*>*' || exit 4
  print -r -- "\${\${got##*LINE<}%%>*}"
done
`;

inShell('zsh', () => {
  const answers = shell('zsh', ['-f', '-c', inZsh, 'zsh', ...some.map(({ typed }) => typed)]).split('\n');
  some.forEach(({ typed, offers }, index) => {
    const wanted = `${typed.slice(0, typed.lastIndexOf(' '))} ${offers[0]}`;
    assert.is(answers[index]?.trimEnd(), wanted, typed);
  });
});

test('what has nothing to offer offers nothing, and a broken project is silent', async () => {
  const broken = makeProject({ 'sft.yaml': 'stacks: [a\n' });
  try {
    const [stack, unknown, wrong] = await Promise.all([
      sft(broken.folder, '__complete', '--', 'plan', ''),
      sft(project.folder, '__complete', '--', 'plann', ''),
      sft(project.folder, 'completion', 'fihs'),
    ]);
    for (const ran of [stack, unknown]) assert.equal(ran, { code: 0, out: '', err: '' });
    assert.is(wrong.code, 64);
    assert.match(wrong.err, 'Did you mean "fish"?');
  } finally {
    broken.remove();
  }
});

test.run();
