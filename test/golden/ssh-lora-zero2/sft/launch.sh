#!/usr/bin/env bash
# Made by cdksft from stacks/example.ts, run sft. Change that program and run "sft synth"; what is edited here is lost.
# Starts one attempt of this run: 8 processes on each of 8 hosts, by deepspeed. May be set:
# SFT_ROOT        workspace: data, weights and runs (default: this folder)
# SFT_RUN         folder of this run (default: run in this folder, or in its place in SFT_ROOT)
# SFT_PYTHON      python that has requirements.txt installed (default: python3)
# SFT_ATTEMPT     number of the attempt (default: the next)
# SFT_PROVENANCE  JSON that is kept with each checkpoint
# SFT_ACCEPT      how a checkpoint of another layout may be loaded: exact (default), approximate, weights-only
# SFT_PORT        port at which the processes meet
set -euo pipefail

files=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
python=${SFT_PYTHON:-python3}
if [[ -n ${SFT_ROOT:-} ]]; then
  root=$(mkdir -p "$SFT_ROOT" && cd "$SFT_ROOT" && pwd -P)
  run=${SFT_RUN:-$root/runs/sft--af302aa2a286}
else
  root=$files
  run=${SFT_RUN:-$files/run}
fi

# Without its hostfile DeepSpeed would train on this host alone, and say nothing.
if [[ ! -f "$files/hostfile" || $(grep -c ' slots=' "$files/hostfile") -ne 8 ]]; then
  echo "launch.sh: $files/hostfile does not name the 8 hosts of this run" >&2
  exit 65
fi

export HF_HUB_DISABLE_TELEMETRY=1
export OMP_NUM_THREADS=8
export TOKENIZERS_PARALLELISM=false
export WANDB_PROJECT=seven

for wheel in "$files"/cdksft_trainer-*.whl; do
  if [[ -f $wheel ]]; then
    export PYTHONPATH=$wheel${PYTHONPATH:+:$PYTHONPATH}
  fi
done

if ! "$python" - cdksft_trainer torch trl deepspeed <<'PYTHON'; then
import importlib.util, sys
missing = [name for name in sys.argv[1:] if importlib.util.find_spec(name) is None]
sys.exit(f"launch.sh: {sys.executable} cannot import {', '.join(missing)}" if missing else 0)
PYTHON
  {
    echo "launch.sh: make an environment and start again with it:"
    printf '  python3 -m venv %q\n' "$root/venv"
    printf '  %q -m pip install -r %q\n' "$root/venv/bin/python" "$files/requirements.txt"
    printf '  SFT_PYTHON=%q %q\n' "$root/venv/bin/python" "$files/launch.sh"
    echo "cdksft_trainer itself comes as a wheel in this folder: sft export writes it there."
  } >&2
  exit 69
fi

cd "$files"
export DS_ENV_FILE=$files/.deepspeed_env

command=(
  "$python"
  -m deepspeed.launcher.runner
  --hostfile "$files/hostfile"
  --master_addr h200-01
  --master_port "${SFT_PORT:-21601}"
  --launcher pdsh --no_local_rank
  --module cdksft_trainer train
)
exec "$python" -m cdksft_trainer supervise \
  --root "$root" --run "$run" --files "$files" ${SFT_ATTEMPT:+--attempt "$SFT_ATTEMPT"} -- "${command[@]}"
