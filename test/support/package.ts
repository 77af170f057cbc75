/** The published package, packed and used as users do: other projects, other package managers, a registry. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { checkout, type Ran } from './sft.ts';

export interface Where {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command; what would change how `sft` prints does not get through, nor that these tests are CI. */
export function run(command: string, args: readonly string[], { cwd, env }: Where): Promise<Ran> {
  const { NO_COLOR: _, FORCE_COLOR: __, GITHUB_ACTIONS: ___, CI: ____, ...rest } = process.env;
  const child = spawn(command, args, {
    cwd,
    env: { ...rest, npm_config_loglevel: 'error', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 127, out, err: String(error) }));
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

export interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** `npm pack`, which builds first. npm lists one package, as an array or under its name. */
export async function pack(into: string): Promise<Packed> {
  const { code, out, err } = await run('npm', ['pack', '--json', '--pack-destination', into], { cwd: checkout });
  assert.is(code, 0, err);
  const listed = JSON.parse(out.slice(out.search(/^[[{]/m))) as Packed[] | Record<string, Packed>;
  const packed = Object.values(listed)[0];
  assert.ok(packed, 'npm pack lists the package');
  return packed;
}

/** What package managers say where there is no network, or no registry in it. */
export const isUnreachable = ({ out, err }: Ran): boolean =>
  /\bE(NOTFOUND|AI_AGAIN|CONNREFUSED|TIMEDOUT|CONNRESET|NETUNREACH)\b|RequestError|There appears to be trouble with your network/.test(
    out + err,
  );

export function write(folder: string, files: Readonly<Record<string, string | object>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === 'string' ? content : `${JSON.stringify(content)}\n`);
  }
}

/** The first stack of a new user; the imports are all that it knows of us. */
export const firstStack = `import { App, Cluster, Dataset, FineTune, Model, Stack, lora } from 'cdksft';
const app = new App();
const stack = new Stack(app, 'probe');
const cluster = Cluster.ssh(stack, 'h200', { hosts: 'h200-[01-08]', gpus: { type: 'H200', perNode: 8 }, workspace: '/shared/sft' });
const model = Model.fromHub(stack, 'base', { id: 'meta-llama/Llama-2-7b-hf' });
const data = Dataset.fromHub(stack, 'alpaca', { id: 'tatsu-lab/alpaca', samples: 10_000, format: 'alpaca' });
new FineTune(stack, 'sft', {
  model, data, cluster,
  method: lora({ rank: 16, alpha: 32, dropout: 0.1, targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj'] }),
  epochs: 3, batch: { micro: 8, global: 512 }, learningRate: 2e-4, precision: 'bf16', gradientCheckpointing: true,
  zero: { stage: 2 },
});
app.synth();
`;
