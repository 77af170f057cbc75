/** Builds a Python environment for a list of requirements: beside, published by a link, never edited. */
import { lstat, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonText } from '../../base/json.ts';
import { fail } from '../../errors.ts';
import type { Artifact } from '../../manifest.ts';
import { orAbsent, readObject, writeWhole } from '../files.ts';
import type { Presence } from '../target.ts';
import { awaitTurn, beginBuild, publish, sweepBuilds } from './builders.ts';
import type { Build } from './context.ts';
import { runGuarded } from './guarded.ts';
import type { Python } from './python.ts';

const marker = 'environment.json';

/** What a build must have to count: its marker, written last, and a Python that is still there. */
async function isWhole(folder: string): Promise<boolean> {
  if (!(await readObject(join(folder, marker)))) return false;
  return (await orAbsent(stat(join(folder, 'bin', 'python')))) !== undefined;
}

export async function environmentPresence(link: string): Promise<Presence> {
  if ((await orAbsent(lstat(link))) === undefined) return 'absent';
  return (await isWhole(link)) ? 'whole' : 'altered';
}

async function makeVenv(python: Python, folder: string, context: Build): Promise<void> {
  const words = [python.executable, '-m', 'venv', folder];
  const ended = await runGuarded({ ...context.guard(python.executable), words, onLine: () => {} });
  if (ended.code === 0) return;
  throw fail(
    'environment/venv',
    `python -m venv failed in ${folder}:\n${ended.tail.join('\n')}`,
    `If ensurepip is named there, install the package python${python.minor}-venv; else see that the disk has space.`,
  );
}

function adviceFor(tail: readonly string[]): string {
  const text = tail.join('\n');
  if (/No space left|Errno 28|Disk quota/.test(text))
    return 'Free some space on the disk of the workspace, then apply again.';
  if (/No matching distribution|Could not find a version/.test(text))
    return 'Check the named requirement: this Python or platform may have no build of it, or the package index was not reached.';
  if (/Connection|timed out|ProxyError|Temporary failure|SSLError|getaddrinfo/i.test(text))
    return 'Check the network, or set PIP_INDEX_URL or a proxy as pip needs it; then apply again.';
  return 'Correct what pip names, then apply again; nothing half-built was left.';
}

/** Of pip's many lines the one a package that a person wants to see go by; all of them are kept for an error. */
export function progressOf(line: string): string | undefined {
  const package_ = /^(?:Collecting|Processing) (\S+)/.exec(line)?.[1];
  if (package_) return `pip: ${package_.split('/').at(-1)}`;
  return /^Installing collected packages/.test(line) ? 'pip: all packages are there; unpacking them' : undefined;
}

/** Built from source against the torch that is installed, not against one of pip's choosing: so after the others. */
const needTorch = /^flash-attn==/;

export interface PipTurn {
  readonly lines: readonly string[];
  readonly options: readonly string[];
}

/** What pip installs in turn: a package that needs torch to be built comes second, without build isolation. */
export function pipTurns(requirements: string): readonly PipTurn[] {
  const lines = requirements.split('\n').filter((line) => line !== '');
  const late = lines.filter((line) => needTorch.test(line));
  const first = { lines: lines.filter((line) => !needTorch.test(line)), options: [] };
  return late.length === 0 ? [first] : [first, { lines: late, options: ['--no-build-isolation'] }];
}

async function pipInstall(folder: string, { lines, options }: PipTurn, context: Build): Promise<void> {
  const python = join(folder, 'bin', 'python');
  const file = join(folder, 'pip.txt');
  await writeWhole(file, `${lines.join('\n')}\n`);
  const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input'];
  const words = [python, ...install, ...options, '-r', file];
  // DeepSpeed compiles its kernels when they are first used, not while it installs.
  const environment = { DS_BUILD_OPS: '0' };
  const onLine = (line: string) => {
    const told = progressOf(line);
    if (told !== undefined) context.say(told);
  };
  const ended = await runGuarded({ ...context.guard(python), words, environment, onLine });
  if (ended.code === 0) return;
  throw fail(
    'environment/pip',
    `pip could not install the requirements (exit code ${ended.code}). It said last:\n${ended.tail.join('\n')}`,
    adviceFor(ended.tail),
  );
}

async function fill(artifact: Artifact, python: Python, folder: string, context: Build): Promise<void> {
  context.say(`making a virtual environment for Python ${python.minor}`);
  await makeVenv(python, folder, context);
  const requirements = String(artifact.spec.requirements ?? '');
  await writeWhole(join(folder, 'requirements.txt'), `${requirements}\n`);
  context.say('installing the requirements with pip');
  for (const turn of pipTurns(requirements)) await pipInstall(folder, turn, context);
  const content = { format: 1, key: artifact.key, python: python.minor };
  await writeWhole(join(folder, marker), jsonText(content));
}

/** Safe to call at once from several processes, and to kill at any point. */
export async function buildEnvironment(
  artifact: Artifact,
  python: Python,
  link: string,
  context: Build,
): Promise<void> {
  await sweepBuilds(join(link, '..'), isWhole);
  if (await isWhole(link)) return;
  const folder = await beginBuild(link);
  let published = false;
  try {
    const ready = () => isWhole(link);
    const waiting = () => context.say('another sft is building the same environment; waiting for it');
    if (await awaitTurn(folder, link, ready, waiting, context.signal)) return;
    await fill(artifact, python, folder, context);
    published = await publish(folder, link, isWhole);
  } finally {
    if (!published) await rm(folder, { recursive: true, force: true });
  }
}
