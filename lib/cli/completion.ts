/** `sft completion SHELL`: the script that a shell loads. All knowledge stays in `sft __complete`, which it calls. */
import { nearest } from '../base/nearest.ts';
import { type ExitCode, exit, fail } from '../errors.ts';
import type { Context } from './context.ts';

const bash = `# Completion of sft for bash. In ~/.bashrc: source <(sft completion bash)
_sft() {
  local word text files=''
  COMPREPLY=()
  while IFS=$'\\t' read -r word text; do
    if [[ $word == ':files' ]]; then files=1; else COMPREPLY+=("$word"); fi
  done < <("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")
  fi
}
complete -F _sft sft
`;

const zsh = `#compdef sft
# Completion of sft for zsh. In ~/.zshrc, after compinit: source <(sft completion zsh)
_sft() {
  local line files=''
  local -a offers
  while IFS= read -r line; do
    if [[ $line == ':files' ]]; then
      files=1
    else
      offers+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done < <("\${(Q)words[1]}" __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  (( \${#offers} )) && _describe 'sft' offers
  [[ -n $files ]] && _files
  return 0
}
if [[ \${funcstack[1]} == _sft ]]; then _sft "$@"; else compdef _sft sft; fi
`;

const fish = `# Completion of sft for fish. Once: sft completion fish > ~/.config/fish/completions/sft.fish
function __sft_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    for line in ($before[1] __complete -- $before[2..-1] "$current" 2>/dev/null)
        if test "$line" = ':files'
            __fish_complete_path "$current"
        else
            printf '%s\\n' $line
        end
    end
end
complete -c sft -f -a '(__sft_complete)'
`;

const scripts: Readonly<Record<string, string>> = { bash, zsh, fish };
export const shells: readonly string[] = Object.keys(scripts);

export async function completion(context: Context, [shell = '']: string[]): Promise<ExitCode> {
  const script = scripts[shell];
  if (script === undefined) {
    const guess = nearest(shell, shells);
    const fix = guess ? `Did you mean "${guess}"?` : `Name one of ${shells.join(', ')}.`;
    throw fail('usage/shell', `There is no completion for the shell "${shell}".`, fix, { exit: exit.usage });
  }
  context.out(script.trimEnd());
  return exit.done;
}
