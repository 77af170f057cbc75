/**
 * Makes a project whose runs are all applied and done: `node bench/applied.ts FOLDER`, in a folder with programs where
 * `cdksft` can be imported. The real plan is walked by the real apply on the real local target. Two things stand in:
 * what would be installed or downloaded is an empty folder that counts as whole, and a run's process claims its
 * attempt and writes its end by the trainer's own functions (`done.py`), without a training in between.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { apply } from '../lib/apply/apply.ts';
import { short } from '../lib/base/hash.ts';
import type { Context } from '../lib/cli/context.ts';
import { deskOf } from '../lib/cli/desk.ts';
import { type Planned, planStacks } from '../lib/cli/planning.ts';
import { loadValidStacks } from '../lib/cli/programs.ts';
import { plain } from '../lib/finding-text.ts';
import type { Artifact } from '../lib/manifest.ts';
import { lookAtPython } from '../lib/targets/local/python.ts';
import { Workspace } from '../lib/targets/local/workspace.ts';
import type { Target } from '../lib/targets/target.ts';
import { trainerFolder } from '../lib/targets/wheel.ts';

/** One Python process that stays: a question a line, and an answer a line. */
class Supervisor {
  readonly #child = spawn('python3', [join(import.meta.dirname, 'done.py')], {
    env: { ...process.env, PYTHONPATH: dirname(trainerFolder()) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  readonly #waiting: ((line: string) => void)[] = [];

  constructor() {
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#waiting.shift()?.(line));
    this.#child.on('exit', (code) => {
      if (code !== 0) process.exit(1);
    });
  }

  run(question: Readonly<Record<string, unknown>>): Promise<string> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    return new Promise((done) => this.#waiting.push(done));
  }

  close(): void {
    this.#child.stdin.end();
  }
}

function contextOf(project: string): Context {
  const { signal } = new AbortController();
  const note = (text: string) => process.stderr.write(`${text}\n`);
  const said = { out: note, note, style: plain, noteStyle: plain, canAsk: false, onTerminal: false, json: false };
  return { project, cwd: project, programSeconds: 600, values: {}, signal, closed: signal, ...said };
}

/** What is there of a build that has taken place. */
async function standIn(artifact: Artifact, workspace: Workspace): Promise<void> {
  const write = (folder: string, name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  if (artifact.make !== 'environment') return write(workspace.prepared(artifact), 'manifest.json', '{ "files": [] }\n');
  const looked = await lookAtPython('python3');
  const minor = 'python' in looked ? looked.python.minor : '';
  const folder = join(workspace.environments(), `${short(artifact.key)}-py${minor}`);
  write(folder, 'bin/python', '');
  write(folder, 'environment.json', '{ "format": 1 }\n');
}

function targetOf({ plan, target }: Planned, project: string, supervisor: Supervisor): Target {
  const { stack, manifest } = plan;
  const workspace = new Workspace(project, manifest.target?.workspace ?? '');
  if (!target) throw new Error(`${stack} goes to no target of this machine`);
  const build: Target['build'] = (artifact, ...rest) =>
    artifact.make === 'bundle' ? target.build(artifact, ...rest) : standIn(artifact, workspace);
  const start: Target['start'] = (job, _, attempt, provenance) => {
    const { address, identity } = job;
    return supervisor.run({
      root: workspace.root,
      run: workspace.run(job),
      stack,
      address,
      identity,
      attempt,
      provenance,
    });
  };
  const others = {
    root: () => target.root(),
    machine: () => target.machine(),
    source: (...given) => target.source(...given),
    probe: () => target.probe(),
    secrets: (jobs) => target.secrets(jobs),
    has: (artifacts) => target.has(artifacts),
    find: (jobs) => target.find(jobs),
    stop: (...given) => target.stop(...given),
    follow: (...given) => target.follow(...given),
    glance: (...given) => target.glance(...given),
    strange: (...given) => target.strange(...given),
    takeOver: (...given) => target.takeOver(...given),
    paths: (job) => target.paths(job),
    remove: (...given) => target.remove(...given),
    inventory: () => target.inventory(),
    discard: (...given) => target.discard(...given),
  } satisfies Partial<Target>;
  return { ...others, build, start };
}

async function applyAll(project: string): Promise<void> {
  const context = contextOf(project);
  const { manifests } = await loadValidStacks([], context);
  const supervisor = new Supervisor();
  try {
    for (const planned of await planStacks(manifests, context, { refresh: true })) {
      const target = targetOf(planned, project, supervisor);
      const { signal } = context;
      const { plan } = planned;
      const done = await apply({ plan, target, desk: deskOf(project), emit: () => undefined, signal, parallelism: 16 });
      const wrong = done.steps.find(({ outcome }) => outcome !== 'done');
      if (wrong) throw new Error(JSON.stringify(wrong));
    }
  } finally {
    supervisor.close();
  }
}

await applyAll(resolve(process.argv[2] ?? '.'));
