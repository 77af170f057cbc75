/**
 * A project whose training is a small process behind the real launch.sh and the real supervisor: no torch, no minutes.
 * Each start appends a line to a ledger that the tool does not know of, then waits until the test lets it end.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest } from '../../lib/manifest.ts';
import { programText, rows } from './programs.ts';
import { makeProject, type Project, type Ran, startSft } from './sft.ts';

/** A model by name, so that no weights are made. */
export const program = (run = '') =>
  programText({ run }).replace(
    /Model\.fromConfig\([\s\S]*?\}\);/,
    `Model.fromHub(stack, 'base', { id: 'nobody/nothing' });`,
  );

/** launch.sh looks whether they can be imported. */
const engines = ['torch', 'trl', 'transformers', 'peft', 'datasets', 'accelerate'];

const training = (ledger: string) => `
import json, os, sys, time
from pathlib import Path
ledger = Path(${JSON.stringify(ledger)})
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
run = Path(options["--run"]); attempt = run / "attempts" / options["--attempt"]
step = {"max_steps": 9, "epoch": 0.5, "loss": 2.5, "grad_norm": 1, "learning_rate": 1e-4}
step |= {"tokens_per_second": 9, "memory_bytes": 9, "step_seconds": 1}
start = {"token": options["--token"], "attempt": options["--attempt"], "run": run.name, "pid": os.getpid()}
line = json.dumps(start) + "\\n"
with open(ledger / "starts.jsonl", "a") as file:
    file.write(line)
with open(attempt / "events.jsonl", "a") as file:
    file.write(json.dumps({"kind": "step", "time": time.time(), "step": 1, **step}) + "\\n")
while not (ledger / "end").exists() and not (attempt / "request.json").exists():
    time.sleep(0.05)
cause = (ledger / "end").read_text() if (ledger / "end").exists() else "cancelled"
print("the training says", cause, flush=True)
if cause == "done":
    (run / "output" / "result").mkdir(parents=True, exist_ok=True)
    (run / "output" / "result" / "result.json").write_text("{}")
(attempt / "outcome.json").write_text(json.dumps({"cause": cause, "step": 1, "result": "output/result"}))
sys.exit(0 if cause == "done" else 1)
`;

/** The clock that a test sets is that of the command: under libfaketime Python cannot sleep. */
const python = (place: string) => `#!/bin/sh
unset LD_PRELOAD
if [ "$1 $2 $3" = "-m cdksft_trainer train" ]; then
  shift 3
  exec python3 -S '${place}/training.py' "$@"
fi
PYTHONPATH="$PYTHONPATH:${place}/empty" exec python3 -S "$@"
`;

export interface Start {
  readonly token: string;
  readonly attempt: string;
  /** Name of the run's folder. */
  readonly run: string;
  readonly pid: number;
}

export interface Life {
  readonly pid: number;
  readonly words: string;
}

/** Processes whose command line names the folder: supervisors, trainings, builders; not zombies, which have none. */
export function processesOf(folder: string): Life[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return words.includes(folder) ? [{ pid: Number(name), words }] : [];
      } catch {
        return [];
      }
    });
}

export class StandIn {
  readonly project: Project;
  readonly ledger = realpathSync(mkdtempSync(join(tmpdir(), 'sft-ledger-')));

  private constructor(project: Project) {
    this.project = project;
  }

  static async make(text = program()): Promise<StandIn> {
    const it = new StandIn(makeProject({ 'rows.json': rows, 'stacks/demo.ts': text }));
    const { code, err } = await it.sft('synth');
    if (code !== 0) throw new Error(err);
    it.#lendPython();
    return it;
  }

  get folder(): string {
    return this.project.folder;
  }

  get states(): string {
    return join(this.folder, '.sft', 'state', 'demo');
  }

  /** In the place of the environment that the stack asks for. */
  #lendPython(): void {
    const manifest = JSON.parse(readFileSync(join(this.folder, 'synth/demo/manifest.json'), 'utf8')) as Manifest;
    const environment = manifest.resources.find((one) => one.life === 'artifact' && one.make === 'environment');
    const key = environment?.life === 'artifact' ? environment.key : '';
    const asked = ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'];
    const version = spawnSync('python3', asked, { encoding: 'utf8' }).stdout.trim();
    const place = `.sft/workspace/environments/${key.slice(0, 12)}-py${version}`;
    this.project.write({
      [`${place}/environment.json`]: '{ "format": 1 }\n',
      [`${place}/bin/python`]: python(join(this.folder, place)),
      [`${place}/training.py`]: training(this.ledger),
      ...Object.fromEntries(engines.map((name) => [`${place}/empty/${name}/__init__.py`, ''])),
    });
    chmodSync(join(this.folder, place, 'bin/python'), 0o755);
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    return startSft(this.folder, args, env);
  }

  sft(...args: string[]): Promise<Ran> {
    return this.start(args).ended;
  }

  /** Every start of a training that ever was. */
  starts(): Start[] {
    const path = join(this.ledger, 'starts.jsonl');
    if (!existsSync(path)) return [];
    // One that is just being written has no end yet.
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Start);
  }

  /** A start is told once the attempt is claimed; the training begins a moment later. */
  async awaitStarts(count: number): Promise<Start[]> {
    for (let turn = 0; turn < 600 && this.starts().length < count; turn++) await sleep(50);
    return this.starts();
  }

  /** Lets all trainings end, now and later. */
  finish(cause = 'done'): void {
    writeFileSync(join(this.ledger, 'end'), cause);
  }

  /** Trainings wait again until they are told their end. */
  goOn(): void {
    rmSync(join(this.ledger, 'end'), { force: true });
  }

  processes(): Life[] {
    return processesOf(this.folder);
  }

  /** Those that belong to no run: a supervisor's look at its processes is one for a moment, a builder without its sft too. */
  async strays(): Promise<Life[]> {
    const now = () => this.processes().filter(({ words }) => !/ supervise | --run /.test(words));
    for (let turn = 0; turn < 100 && now().length > 0; turn++) await sleep(100);
    return now();
  }

  /** Until none of ours is left; those that are left, where they stay. */
  async awaitQuiet(seconds = 20): Promise<Life[]> {
    for (let turn = 0; turn < seconds * 10 && this.processes().length > 0; turn++) await sleep(100);
    return this.processes();
  }

  /** Ends what still runs, also after a check that failed. */
  async remove(): Promise<void> {
    this.finish();
    for (const { pid } of await this.awaitQuiet(5)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
    this.project.remove();
    rmSync(this.ledger, { recursive: true, force: true });
  }
}
