/** `launch.sh`: starts one attempt of the run, for a person by hand and for every target alike. */
import { type Sha, short } from '../base/hash.ts';
import { resultPath, runFolder } from '../base/run-folder.ts';
import { quote } from '../base/shell.ts';
import type { GeneratedFile, Layout } from '../manifest.ts';
import { variables } from './environment.ts';
import { heading } from './heading.ts';
import type { RunInput } from './input.ts';
import { launchArguments } from './launcher.ts';

function ranks(layout: Layout): string {
  const { nodes, processesPerHost } = layout;
  const each = processesPerHost === 1 ? '1 process' : `${processesPerHost} processes`;
  if (layout.launcher === 'python') return 'one process, by python';
  return nodes === 1 ? `${each}, by torchrun` : `${each} on each of ${nodes} hosts, by ${layout.launcher}`;
}

/** What a person may set. DeepSpeed starts the other hosts itself; torchrun is started on each of them. */
function manual({ layout, settings: { model }, home }: RunInput): string[] {
  const everyHost = layout.nodes > 1 && layout.launcher === 'torchrun';
  const from = model.source === 'run' ? model.run : undefined;
  return [
    `# SFT_ROOT        workspace: data, weights and runs (default: ${home === undefined ? 'this folder' : `the folder of run ${home}`})`,
    '# SFT_RUN         folder of this run (default: run in this folder, or in its place in SFT_ROOT)',
    ...(from === undefined
      ? []
      : [
          `# SFT_FROM        result of run ${from}, which this one begins with (default: its place in SFT_ROOT, or beside)`,
        ]),
    '# SFT_PYTHON      python that has requirements.txt installed (default: python3)',
    '# SFT_ATTEMPT     number of the attempt (default: the next)',
    '# SFT_PROVENANCE  JSON that is kept with each checkpoint',
    '# SFT_ACCEPT      how a checkpoint of another layout may be loaded: exact (default), approximate, weights-only',
    ...(layout.launcher === 'python' ? [] : ['# SFT_PORT        port at which the processes meet']),
    ...(everyHost ? ['# SFT_NODE_RANK   start this script on every host: this host, counted from 0'] : []),
    ...(everyHost && layout.hosts.length === 0 ? ['# SFT_MASTER_ADDR name or address of host 0'] : []),
  ];
}

function hostfileCheck(layout: Layout): string[] {
  if (layout.launcher !== 'deepspeed') return [];
  const { hosts } = layout;
  return [
    '# Without its hostfile DeepSpeed would train on this host alone, and say nothing.',
    `if [[ ! -f "$files/hostfile" || $(grep -c ' slots=' "$files/hostfile") -ne ${hosts.length} ]]; then`,
    `  echo "launch.sh: $files/hostfile does not name the ${hosts.length} hosts of this run" >&2`,
    '  exit 65',
    'fi',
    '',
  ];
}

const setUp = `files=$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd -P)
python=\${SFT_PYTHON:-python3}`;

/** The folder of another run of the stack, from that of this one; addresses hold no character that a shell reads. */
function beside({ address }: RunInput, other: string): string {
  return `$files/${'../'.repeat(address.split('/').length)}${other}`;
}

/** By hand, runs that begin with each other's results share the folder of the first: what is prepared lies there. */
function workspace(input: RunInput): string {
  const { model } = input.settings;
  const from = model.source === 'run' ? model : undefined;
  const kept = from && resultPath({ address: from.run, identity: from.identity });
  return [
    `if [[ -n \${SFT_ROOT:-} ]]; then`,
    '  root=$(mkdir -p "$SFT_ROOT" && cd "$SFT_ROOT" && pwd -P)',
    `  run=\${SFT_RUN:-$root/runs/${runFolder(input)}}`,
    ...(kept === undefined ? [] : [`  from=\${SFT_FROM:-$root/${kept}}`]),
    'else',
    input.home === undefined ? '  root=$files' : `  root=$(cd "${beside(input, input.home)}" && pwd -P)`,
    `  run=\${SFT_RUN:-$files/run}`,
    ...(from ? [`  from=\${SFT_FROM:-${beside(input, from.run)}/run/output/result}`] : []),
    'fi',
    ...(from ? ['', ...resultCheck(from.run, from.use === 'merged' ? input.keys.weights : undefined)] : []),
  ].join('\n');
}

/** `merged`: key of the weights that need the result no more, once they are made. */
function resultCheck(run: string, merged: Sha | undefined): string[] {
  const made = merged === undefined ? '' : ` && ! -f $root/weights/${short(merged)}/manifest.json`;
  return [
    `if [[ ! -f $from/result.json${made} ]]; then`,
    `  echo "launch.sh: there is no result of run ${run} in $from, which this run begins with: train that one first" >&2`,
    '  exit 65',
    'fi',
    // DeepSpeed's ranks begin in another folder.
    'if [[ -d $from ]]; then from=$(cd "$from" && pwd -P); fi',
  ];
}

/** The trainer travels as a wheel beside this script; Python imports it from there, nothing is installed. */
const importable = (modules: readonly string[]) => `for wheel in "$files"/cdksft_trainer-*.whl; do
  if [[ -f $wheel ]]; then
    export PYTHONPATH=$wheel\${PYTHONPATH:+:$PYTHONPATH}
  fi
done

if ! "$python" - ${modules.join(' ')} <<'PYTHON'; then
import importlib.util, sys
missing = [name for name in sys.argv[1:] if importlib.util.find_spec(name) is None]
sys.exit(f"launch.sh: {sys.executable} cannot import {', '.join(missing)}" if missing else 0)
PYTHON
  {
    echo "launch.sh: make an environment and start again with it:"
    printf '  python3 -m venv %q\\n' "$root/venv"
    printf '  %q -m pip install -r %q\\n' "$root/venv/bin/python" "$files/requirements.txt"
    printf '  SFT_PYTHON=%q %q\\n' "$root/venv/bin/python" "$files/launch.sh"
    echo "cdksft_trainer itself comes as a wheel in this folder: sft export writes it there."
  } >&2
  exit 69
fi`;

const supervise = (from: boolean) => `exec "$python" -m cdksft_trainer supervise \\
  --root "$root" --run "$run" --files "$files" ${from ? '--from "$from" ' : ''}\${SFT_ATTEMPT:+--attempt "$SFT_ATTEMPT"} -- "\${command[@]}"`;

export function launchSh(input: RunInput): GeneratedFile {
  const { settings, layout } = input;
  const sshPort = settings.cluster.kind === 'ssh' ? settings.cluster.port : undefined;
  const lines = launchArguments({ ...input, sshPort }).map((words) => `  ${words.join(' ')}`);
  // DeepSpeed repeats its working folder and .deepspeed_env on every host.
  const several = layout.launcher === 'deepspeed' ? ['cd "$files"', 'export DS_ENV_FILE=$files/.deepspeed_env'] : [];
  const content = [
    '#!/usr/bin/env bash',
    `# ${heading(input)}`,
    `# Starts one attempt of this run: ${ranks(layout)}. May be set:`,
    ...manual(input),
    'set -euo pipefail',
    '',
    setUp,
    workspace(input),
    '',
    ...hostfileCheck(layout),
    // Before the wheel's folder is put in front of a PYTHONPATH that is set here.
    ...variables(settings, layout).map(([name, value]) => `export ${name}=${quote(value)}`),
    '',
    importable(['cdksft_trainer', 'torch', 'trl', ...(settings.zero ? ['deepspeed'] : [])]),
    '',
    ...several,
    '',
    'command=(',
    '  "$python"',
    ...lines,
    ')',
    supervise(settings.model.source === 'run'),
    '',
  ];
  return { path: 'launch.sh', content: content.join('\n'), mode: 0o755 };
}
