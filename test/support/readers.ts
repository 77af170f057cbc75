/** What each of the two readers says of data files: the plan's and the trainer's. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BrokenData } from '../../lib/data/broken.ts';
import { readDataFile } from '../../lib/data/file.ts';
import type { WrittenEncoding } from '../../lib/settings/formats.ts';
import { python } from './python.ts';

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export interface Said {
  readonly values?: readonly unknown[];
  readonly lines?: readonly number[];
  readonly mistake?: string;
}

export interface AskedFile {
  readonly path: string;
  readonly encoding?: string | undefined;
  readonly type?: string | undefined;
}

/** A script of this folder's neighbour test/python; its last line is what it says. */
export function pythonSays(script: string, input: string, args: readonly string[] = []): string {
  const options = { input, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  const env = { ...process.env, PYTHONPATH: root('trainer') };
  const { status, stdout, stderr } = spawnSync(python(), [root(`test/python/${script}`), ...args], { ...options, env });
  if (status !== 0) throw new Error(stderr);
  return stdout.trimEnd();
}

export function trainerSays(files: readonly AskedFile[]): Said[] {
  const said = pythonSays('read_rows.py', JSON.stringify(files));
  return said.split('\n').map((line) => JSON.parse(line) as Said);
}

/** `encoding`: as it is said to be. */
export function planSays(path: string, encoding?: WrittenEncoding) {
  try {
    const { facts, rows } = readDataFile(path, { encoding });
    return { encoding: facts.encoding, type: facts.type, values: rows.values, lines: rows.lines };
  } catch (caught) {
    if (!(caught instanceof BrokenData)) throw caught;
    return { broken: caught.id };
  }
}
