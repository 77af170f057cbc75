/** Asks an attempt to stop, by a file that its ranks read at a step's end, and waits for its end. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { jsonText } from '../../base/json.ts';
import { orAbsent, writeWhole } from '../files.ts';
import { supervisorOf } from './attempts.ts';

/** More than the supervisor's own grace, after which it kills the training. */
const marginMs = 20_000;
const defaultGrace = 120;

async function hasEnded(folder: string): Promise<boolean> {
  return (await orAbsent(stat(join(folder, 'end.json')))) !== undefined;
}

/** True once the attempt has its end or its supervisor is gone. */
async function isOver(folder: string): Promise<boolean> {
  return (await hasEnded(folder)) || (await supervisorOf(folder)).state === 'lost';
}

export async function stopAttempt(
  folder: string,
  save: boolean,
  signal: AbortSignal,
  grace = defaultGrace,
): Promise<void> {
  if ((await orAbsent(stat(folder))) === undefined || (await isOver(folder))) return;
  await writeWhole(join(folder, 'request.json'), jsonText({ do: 'stop', save }));
  const until = performance.now() + grace * 1000 + marginMs;
  while (performance.now() < until) {
    if (await isOver(folder)) return;
    await sleep(200, undefined, { signal });
  }
  // The supervisor itself hangs or is stopped. Its guard ends the training's whole tree when it is gone.
  const { claim } = await supervisorOf(folder);
  if (claim) await execa('kill', ['-KILL', String(claim.pid)], { reject: false });
  while (!(await isOver(folder))) await sleep(200, undefined, { signal });
}
