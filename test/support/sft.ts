/** Runs the real command, `bin/sft.js`, in a project made for one test. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const checkout = join(import.meta.dirname, '..', '..');
const command = join(checkout, 'bin', 'sft.js');

export interface Project {
  readonly folder: string;
  /** Every file but node_modules, with its content. */
  files(): Record<string, string>;
  write(files: Readonly<Record<string, string>>): void;
  remove(): void;
}

/** Own files only: a recursive `readdirSync` would follow the link to the checkout, and those of environments. */
function filesBelow(folder: string, below = ''): string[] {
  const entries = readdirSync(join(folder, below), { withFileTypes: true });
  return entries
    .flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return path === 'node_modules' ? [] : filesBelow(folder, path);
      return entry.isFile() ? [path] : [];
    })
    .sort();
}

/** A folder with a package.json and `cdksft` linked to this checkout; Node resolves the link, so types are stripped. */
export function makeProject(files: Readonly<Record<string, string>> = {}): Project {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sft-cli-')));
  const write = (more: Readonly<Record<string, string>>) => {
    for (const [path, content] of Object.entries(more)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
  };
  write({ 'package.json': '{ "type": "module" }\n', ...files });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(checkout, join(folder, 'node_modules', 'cdksft'));
  return {
    folder,
    write,
    files: () => Object.fromEntries(filesBelow(folder).map((path) => [path, readFileSync(join(folder, path), 'utf8')])),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
}

/** Starts `sft`; nothing of the test's own environment that would change what is printed gets through. */
export function startSft(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const { NO_COLOR: _, FORCE_COLOR: __, GITHUB_ACTIONS: ___, ...rest } = process.env;
  const child = spawn(process.execPath, [command, ...args], {
    cwd: folder,
    env: { ...rest, LC_ALL: 'C.UTF-8', ...env },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  child.stdin.end();
  const ended = new Promise<Ran>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  return { child, ended };
}

export const sft = (folder: string, ...args: string[]): Promise<Ran> => startSft(folder, args).ended;

/** Runs tasks side by side, a few at a time: each starts processes of its own. */
export async function sideBySide<T>(tasks: readonly (() => Promise<T>)[], width = 4): Promise<T[]> {
  const results: T[] = [];
  const queue = tasks.map((task, index) => ({ task, index }));
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next.index] = await next.task();
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
