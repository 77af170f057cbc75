/** A project with one small run for the local target: its own launch.sh, its rows, an empty environment. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashOf, type Sha, sha256 } from '../../lib/base/hash.ts';
import type { JsonObject } from '../../lib/base/json.ts';
import { jsonText } from '../../lib/base/json.ts';
import type { Artifact, GeneratedFile, Job, Manifest } from '../../lib/manifest.ts';
import { localTarget } from '../../lib/targets/local/target.ts';
import type { Target } from '../../lib/targets/target.ts';
import { trainerFolder, trainerWheel, type Wheel } from '../../lib/targets/wheel.ts';

export const rows = JSON.stringify([
  { instruction: 'Say one.', input: '', output: 'One.' },
  { instruction: 'Say two.', input: '', output: 'Two.' },
]);

export interface Case {
  readonly project: string;
  readonly manifest: Manifest;
  readonly job: Job;
  readonly wheel: Wheel;
  readonly environment: Artifact;
  readonly bundle: Artifact;
  readonly data: Artifact;
  target(changes?: { python?: string; grace?: number; sources?: ReadonlyMap<Sha, string> }): Target;
  remove(): void;
}

/** What launch.sh does for a real run, with any command as the training. */
const launch = (command: string) => `#!/usr/bin/env bash
set -euo pipefail
files=$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd -P)
export PYTHONPATH=$(echo "$files"/cdksft_trainer-*.whl)
exec "$SFT_PYTHON" -m cdksft_trainer supervise --root "$SFT_ROOT" --run "$SFT_RUN" --files "$files" \\
  --attempt "$SFT_ATTEMPT" -- ${command}
`;

/** Python that the training runs: options by name, the attempt's folder, and rank 0's duties. */
export const prelude = `
import json, os, sys, time
from pathlib import Path
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
run = Path(options["--run"]); attempt = run / "attempts" / options["--attempt"]
with open(run / "starts.jsonl", "a") as file:
    file.write(json.dumps({"attempt": options["--attempt"], "token": options["--token"], "pid": os.getpid()}) + "\\n")
def step(number):
    with open(attempt / "events.jsonl", "a") as file:
        file.write(json.dumps({"kind": "step", "time": time.time(), "step": number}) + "\\n")
def checkpoint(number):
    folder = run / "output" / f"checkpoint-{number}"; folder.mkdir(parents=True, exist_ok=True)
    (folder / "weights").write_text("1234")
    files = [{"path": "weights", "bytes": 4, "sha256": "0" * 64}]
    (folder / "complete.json").write_text(json.dumps({"format": 1, "step": number, "files": files}))
def outcome(cause, number, **more):
    (attempt / "outcome.json").write_text(json.dumps({"cause": cause, "step": number, **more}))
def done(number):
    (run / "output" / "result").mkdir(parents=True, exist_ok=True)
    (run / "output" / "result" / "result.json").write_text("{}")
    outcome("done", number, result="output/result")
def until_asked():
    number = 0
    while not (attempt / "request.json").exists():
        number += 1; step(number); time.sleep(0.05)
    return number
`;

interface Parts {
  readonly training?: string;
  readonly requirements?: string;
  readonly retries?: number;
}

function filesOf({ training = 'step(1); done(1)', retries = 0 }: Parts, identity: Sha, data: JsonObject) {
  const train = {
    format: 1,
    stack: 'case',
    run: 'sft',
    identity,
    model: { source: 'hub' },
    data,
    supervise: { retries },
  };
  const files: GeneratedFile[] = [
    { path: 'sft/launch.sh', content: launch('"$SFT_PYTHON" "$files/training.py"'), mode: 0o755 },
    { path: 'sft/train.json', content: jsonText(train), mode: 0o644 },
    { path: 'sft/training.py', content: prelude + training, mode: 0o644 },
  ];
  return files;
}

export function makeCase(parts: Parts = {}): Case {
  const project = realpathSync(mkdtempSync(join(tmpdir(), 'sft case ')));
  mkdirSync(join(project, 'data'));
  writeFileSync(join(project, 'data/rows.json'), rows);
  const file = { name: 'rows.json', sha256: sha256(rows), bytes: Buffer.byteLength(rows) };
  const unkeyed = { source: 'file', format: 'alpaca', files: [file], seed: 42 };
  const dataSpec: JsonObject = { ...unkeyed, key: hashOf(unkeyed) };
  const identity = hashOf('identity');
  const files = filesOf(parts, identity, dataSpec);
  const where = {};
  const base = { life: 'artifact', where } as const;
  const environmentSpec = { requirements: parts.requirements ?? '', device: 'cpu' };
  const environment: Artifact = {
    ...base,
    make: 'environment',
    address: 'environment/x',
    needs: [],
    key: hashOf(environmentSpec),
    spec: environmentSpec,
  };
  const hashes = Object.fromEntries(files.map(({ path, content }) => [path.slice(4), sha256(content)]));
  const bundleSpec = { folder: 'sft', files: hashes };
  const bundle: Artifact = {
    ...base,
    make: 'bundle',
    address: 'sft#bundle',
    needs: [],
    key: hashOf(bundleSpec),
    spec: bundleSpec,
  };
  const data: Artifact = {
    ...base,
    make: 'data',
    address: 'rows',
    needs: [environment.address, bundle.address],
    key: hashOf(unkeyed),
    spec: dataSpec,
  };
  const job: Job = {
    life: 'job',
    does: 'train',
    program: 'stacks/demo.ts',
    address: 'sft',
    needs: [environment.address, bundle.address, data.address],
    where,
    identity,
    settings: { data: { source: 'file', path: 'data/rows.json', files: [file] } },
    layout: { target: 'local', hosts: [], nodes: 1, processesPerHost: 1, device: 'cpu', launcher: 'python' },
    derived: { world: 1, microBatch: 1, accumulation: 1, globalBatch: 1 },
    folder: 'sft',
  };
  const resources = [environment, bundle, data, job];
  const manifest: Manifest = { format: 1, stack: 'case', program: 'stacks/case.ts', resources, findings: [], files };
  const wheel = trainerWheel(trainerFolder());
  const sources = new Map([[file.sha256, join(project, 'data/rows.json')]]);
  return {
    project,
    manifest,
    job,
    wheel,
    environment,
    bundle,
    data,
    target: (changes = {}) =>
      localTarget({ project, workspace: 'ws', trainer: wheel, python: 'python3', sources, manifest, ...changes }),
    remove: () => rmSync(project, { recursive: true, force: true }),
  };
}
