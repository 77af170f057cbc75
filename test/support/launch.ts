/** Runs a launch.sh with a Python that only writes down how it was called. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GeneratedFile } from '../../lib/manifest.ts';

/** Its first call asks for modules, which are all there; the second is the supervisor. */
const recorder = `#!/bin/bash
if [[ $1 == - ]]; then exit "\${FAKE_MISSING:-0}"; fi
printf '%s\\0' "$@" >"$FAKE_WORDS"
env -0 >"$FAKE_WORDS.environment"
pwd -P >"$FAKE_WORDS.folder"
`;

export function writeRun(folder: string, files: readonly GeneratedFile[]): void {
  for (const { path, content, mode } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, { mode });
  }
}

export interface Launched {
  readonly status: number | null;
  readonly stderr: string;
  /** What Python was called with. */
  readonly words: readonly string[];
  /** Of those, what starts the ranks. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
}

function readIf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** `script` is a launch.sh; `place` an empty folder for what is written down. */
export function launch(script: string, place: string, environment: Readonly<Record<string, string>> = {}): Launched {
  const python = join(place, 'python');
  const words = join(place, 'words');
  writeFileSync(python, recorder);
  chmodSync(python, 0o755);
  const clean = { PATH: process.env.PATH ?? '', HOME: place, SFT_PYTHON: python, FAKE_WORDS: words };
  const { status, stderr } = spawnSync('bash', [script], {
    cwd: place,
    env: { ...clean, ...environment },
    encoding: 'utf8',
  });
  const called = readIf(words).split('\0').slice(0, -1);
  const pairs = readIf(`${words}.environment`).split('\0').slice(0, -1);
  const after = called.indexOf('--');
  return {
    status,
    stderr,
    words: called,
    command: after < 0 ? [] : called.slice(after + 1),
    environment: Object.fromEntries(
      pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    ),
    folder: readIf(`${words}.folder`).trim(),
  };
}
