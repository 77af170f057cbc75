/** Starts an attempt detached from us, and waits for its supervisor's claim. */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Sha } from '../../base/hash.ts';
import { canonical } from '../../base/json.ts';
import { printable } from '../../base/printable.ts';
import { type Birth, birthplace } from '../../base/token.ts';
import { fail } from '../../errors.ts';
import { makeFolder, orAbsent, readObject, writeWhole } from '../files.ts';
import type { How } from '../target.ts';
import { dropDeadLink } from './adopt.ts';
import { handleOf } from './attempts.ts';
import { isRecord } from './liveness.ts';

export interface Launch extends How {
  readonly root: string;
  readonly run: string;
  readonly bundle: string;
  readonly python: string;
  readonly n: number;
  readonly token: Sha;
  /** What the token is derived from. train.json may name a later one: after a rename, or a commit pinned that it had read. */
  readonly birth: Birth;
  /** The result that the run begins with. */
  readonly from?: string | undefined;
  /** Seconds that a training gets to stop; the supervisor's default where absent. */
  readonly grace?: number | undefined;
}

/** From here on something hangs: a start is a few imports of the standard library. */
const patienceMs = 120_000;
const taken = 3;

async function claimed({ run, n, token }: Launch): Promise<string | undefined> {
  const claim = await readObject(join(run, 'attempts', String(n), 'claim.json'));
  if (!isRecord(claim)) return undefined;
  const theirs = (claim as unknown as { token?: unknown }).token;
  if (theirs !== token)
    throw fail(
      'start/other-token',
      `Attempt ${n} in ${run} belongs to another workspace or run.`,
      'Was the workspace moved or copied? Move it back, or name another one.',
    );
  return handleOf(claim);
}

async function lastLines(path: string): Promise<string> {
  const handle = await orAbsent(open(path));
  if (!handle) return '';
  try {
    return printable((await handle.readFile('utf8')).trimEnd().split('\n').slice(-20).join('\n'));
  } finally {
    await handle.close();
  }
}

function environment(launch: Launch): Record<string, string> {
  return {
    SFT_ROOT: launch.root,
    SFT_RUN: launch.run,
    SFT_PYTHON: launch.python,
    SFT_ATTEMPT: String(launch.n),
    SFT_ADDRESS: birthplace(launch.birth),
    SFT_IDENTITY: launch.birth.identity,
    SFT_PROVENANCE: canonical(launch.provenance),
    SFT_ACCEPT: launch.accept,
    ...(launch.from === undefined ? {} : { SFT_FROM: launch.from }),
    ...(launch.grace === undefined ? {} : { SFT_GRACE_SECONDS: String(launch.grace) }),
  };
}

/** Exit code of launch.sh, or the signal that ended it: a Ctrl-C at the terminal may meet it before its own session is made. */
type End = number | NodeJS.Signals;

const inWords = (end: End) => (typeof end === 'number' ? `ended with exit code ${end}` : `was ended by ${end}`);

/** `ended`: undefined while launch.sh runs. */
async function awaitClaim(launch: Launch, log: string, ended: () => End | undefined): Promise<string | undefined> {
  let until = performance.now() + patienceMs;
  let left = false;
  for (;;) {
    // First whether it ended, then the claim: one that it wrote before its end must not be missed.
    const code = ended();
    const handle = await claimed(launch);
    if (handle !== undefined) return handle;
    if (code !== undefined && code !== taken) {
      // On a full disk the log is empty: a byte of our own is told with its place.
      await writeWhole(log.replace(/log$/, 'space'), '\n');
      await rm(log.replace(/log$/, 'space'));
      const said = await lastLines(log);
      const what = `launch.sh ${inWords(code)} before it began attempt ${launch.n}`;
      if (said === '') throw fail('start/failed', `${what}, and said nothing.`, 'Nothing runs of it: apply again.');
      throw fail(
        'start/failed',
        `${what}. It said last:\n${said}`,
        `Correct what is named there; the whole is in ${log}.`,
      );
    }
    // Somebody else has the attempt, and writes the claim at once, unless killed in between.
    if (code === taken && !left) until = performance.now() + 5_000;
    left ||= code === taken;
    if (performance.now() > until) return undefined;
    await sleep(50);
  }
}

/** Returns the handle of the attempt, also where another start of the same attempt was first. */
export async function launchAttempt(launch: Launch): Promise<string> {
  const there = await claimed(launch);
  if (there !== undefined) return there;
  await dropDeadLink(launch.run);
  await makeFolder(launch.run);
  const log = join(launch.run, `launch-${launch.n}.log`);
  let code: End | undefined;
  const words = ['-c', 'exec bash "$1" >>"$2" 2>&1', 'sft', join(launch.bundle, 'launch.sh'), log];
  const subprocess = execa('bash', words, {
    cwd: launch.run,
    env: environment(launch),
    stdio: 'ignore',
    // A session of its own, and not ended with us: the training outlives sft.
    detached: true,
    cleanup: false,
    reject: false,
  });
  subprocess.on('exit', (status, signal) => {
    code = status ?? signal ?? 1;
  });
  subprocess.on('error', () => {
    code = 127;
  });
  try {
    const handle = await awaitClaim(launch, log, () => code);
    if (handle !== undefined) return handle;
    if (subprocess.pid !== undefined && code === undefined)
      await execa('kill', ['-KILL', '--', `-${subprocess.pid}`], { reject: false });
    throw fail(
      'start/silent',
      `Attempt ${launch.n} was not claimed within ${patienceMs / 1000} s.`,
      `Read ${log}, and run sft status before another start.`,
    );
  } finally {
    subprocess.unref();
  }
}
