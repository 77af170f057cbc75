/**
 * Several `sft` may build one environment at once, and each may be killed. Each build is a folder of its own,
 * `<name>.<nonce>`, with builder.json saying who makes it; the name itself is a symbolic link to the whole one, since
 * a virtual environment cannot be renamed. Correctness rests on the link alone; the turn only spares work.
 */
import { readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, makeFolder, orAbsent, readObject, writeWhole } from '../files.ts';
import { isRecord, lives, ownRecord } from './liveness.ts';

const builder = 'builder.json';
const build = /^([0-9a-f]{12}-py3\.\d+)\.([0-9a-z]+-[0-9a-f]{8})$/;
/** A folder without builder.json belongs to a builder that is just beginning, or that was killed there. */
const beginningMs = 60_000;

/** Sorts by when it was made, for builds of one machine. */
function nonce(): string {
  const random = Math.floor(Math.random() * 2 ** 32);
  return `${Date.now().toString(36)}-${random.toString(16).padStart(8, '0')}`;
}

/** Makes the folder of a new build of `link` and returns it. */
export async function beginBuild(link: string): Promise<string> {
  const folder = `${link}.${nonce()}`;
  await makeFolder(folder);
  await writeWhole(join(folder, builder), JSON.stringify(await ownRecord()));
  return folder;
}

type Maker = 'lives' | 'dead' | 'begins';

async function makerOf(folder: string): Promise<Maker> {
  const record = await readObject(join(folder, builder));
  // Another host's builder counts as living: nobody can say from here.
  if (isRecord(record)) return (await lives(record)) === false ? 'dead' : 'lives';
  const made = await orAbsent(stat(folder));
  // One from the future is old too: the clock was set back since.
  return made !== undefined && Math.abs(Date.now() - made.mtimeMs) < beginningMs ? 'begins' : 'dead';
}

async function buildsIn(folder: string): Promise<{ name: string; link: string }[]> {
  const names = (await orAbsent(readdir(folder))) ?? [];
  return names.sort().flatMap((name) => {
    const link = build.exec(name)?.[1];
    return link === undefined ? [] : [{ name, link }];
  });
}

/**
 * Removes what killed builders left. A whole build that its builder could not publish any more is published now;
 * whole ones that were superseded stay, since a run may be using them.
 */
export async function sweepBuilds(folder: string, isWhole: (build: string) => Promise<boolean>): Promise<void> {
  for (const { name, link } of await buildsIn(folder)) {
    const path = join(folder, name);
    if ((await orAbsent(readlink(join(folder, link)))) === name || (await makerOf(path)) !== 'dead') continue;
    if (await isWhole(path)) await publish(path, join(folder, link), isWhole);
    else await rm(path, { recursive: true, force: true });
  }
}

/**
 * Waits while an older build of the same environment has a living builder. True: `link` is whole now, and there is
 * nothing left to do.
 */
export async function awaitTurn(
  own: string,
  link: string,
  ready: () => Promise<boolean>,
  waiting: () => void,
  signal: AbortSignal,
): Promise<boolean> {
  for (let told = false; ; ) {
    if (await ready()) return true;
    const older: string[] = [];
    for (const { name, link: other } of await buildsIn(dirname(link)))
      if (other === basename(link) && name < basename(own) && (await makerOf(join(dirname(link), name))) !== 'dead')
        if (!(await readObject(join(dirname(link), name, 'environment.json')))) older.push(name);
    if (older.length === 0) return false;
    if (!told) waiting();
    told = true;
    await sleep(500, undefined, { signal });
  }
}

/** Makes `link` point to a whole build. Another one that is there and whole stays. False: ours was not needed. */
export async function publish(
  folder: string,
  link: string,
  isWhole: (build: string) => Promise<boolean>,
): Promise<boolean> {
  try {
    await symlink(basename(folder), link);
    return true;
  } catch (caught) {
    if (codeOf(caught) !== 'EEXIST') throw caught;
  }
  if (await isWhole(link)) return false;
  const beside = `${link}.link-${nonce()}`;
  await symlink(basename(folder), beside);
  await rename(beside, link);
  return true;
}
