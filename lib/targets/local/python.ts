/** The Python that environments are made with. */
import { execa } from 'execa';
import type { Finding } from '../../finding.ts';

export interface Python {
  readonly executable: string;
  /** As in `3.11`. */
  readonly minor: string;
}

export type Looked = { readonly python: Python } | { readonly finding: Finding };

const lowest = 11;
const highest = 13;
/** Tried in this order where the stack names `python3`, the default. */
const fallbacks = ['python3.12', 'python3.11', 'python3.13', 'python'];

const question = `import importlib.util as u, json, sys
print(json.dumps({'executable': sys.executable, 'version': list(sys.version_info[:3]),
  'missing': [m for m in ('venv', 'ensurepip') if u.find_spec(m) is None]}))`;

interface Answer {
  readonly executable: string;
  readonly version: readonly [number, number, number];
  readonly missing: readonly string[];
}

async function ask(name: string): Promise<Answer | undefined> {
  const result = await execa(name, ['-c', question], { reject: false, stdin: 'ignore', timeout: 20_000 });
  if (result.exitCode !== 0) return undefined;
  try {
    return JSON.parse(result.stdout.trim().split('\n').at(-1) ?? '') as Answer;
  } catch {
    return undefined;
  }
}

const error = (id: string, message: string, fix: string): Finding => ({
  id,
  severity: 'error',
  where: { path: 'python' },
  message,
  fix,
});

function judge(name: string, answer: Answer | undefined): Looked {
  const install = `Install Python 3.11 or 3.12, or name another one as python of the cluster.`;
  if (!answer) return { finding: error('python/missing', `${name} does not run on this machine.`, install) };
  const [major, minor] = answer.version;
  if (major !== 3 || minor < lowest || minor > highest) {
    const message = `${name} is Python ${answer.version.join('.')}; 3.${lowest} to 3.${highest} are supported.`;
    return { finding: error('python/version', message, install) };
  }
  if (answer.missing.length > 0) {
    const message = `${name} cannot make virtual environments: it has no ${answer.missing.join(' and no ')}.`;
    const fix = `Install the package python3-venv (Debian, Ubuntu: apt install python3.${minor}-venv), or name another Python as python of the cluster.`;
    return { finding: error('python/venv', message, fix) };
  }
  return { python: { executable: answer.executable, minor: `3.${minor}` } };
}

/** Finds out about a Python. Of the default's stand-ins the first good one is taken; the finding is about the first. */
export async function lookAtPython(name: string): Promise<Looked> {
  const first = judge(name, await ask(name));
  if ('python' in first || name !== 'python3') return first;
  for (const other of fallbacks) {
    const looked = judge(other, await ask(other));
    if ('python' in looked) return looked;
  }
  return first;
}
