#!/usr/bin/env bash
# Made by cdksft from stacks/example.ts, run sft. Change that program and run "sft synth"; what is edited here is lost.
# Starts one attempt of this run: one process, by python. May be set:
# SFT_ROOT        workspace: data, weights and runs (default: this folder)
# SFT_RUN         folder of this run (default: run in this folder, or in its place in SFT_ROOT)
# SFT_PYTHON      python that has requirements.txt installed (default: python3)
# SFT_ATTEMPT     number of the attempt (default: the next)
# SFT_PROVENANCE  JSON that is kept with each checkpoint
# SFT_ACCEPT      how a checkpoint of another layout may be loaded: exact (default), approximate, weights-only
set -euo pipefail

files=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
python=${SFT_PYTHON:-python3}
if [[ -n ${SFT_ROOT:-} ]]; then
  root=$(mkdir -p "$SFT_ROOT" && cd "$SFT_ROOT" && pwd -P)
  run=${SFT_RUN:-$root/runs/sft--74b804d903b1}
else
  root=$files
  run=${SFT_RUN:-$files/run}
fi

export HF_HUB_DISABLE_TELEMETRY=1
export OMP_WAIT_POLICY=PASSIVE
export TOKENIZERS_PARALLELISM=false

for wheel in "$files"/cdksft_trainer-*.whl; do
  if [[ -f $wheel ]]; then
    export PYTHONPATH=$wheel${PYTHONPATH:+:$PYTHONPATH}
  fi
done

if ! "$python" - cdksft_trainer torch trl <<'PYTHON'; then
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


command=(
  "$python"
  -m cdksft_trainer train
)
exec "$python" -m cdksft_trainer supervise \
  --root "$root" --run "$run" --files "$files" ${SFT_ATTEMPT:+--attempt "$SFT_ATTEMPT"} -- "${command[@]}"
