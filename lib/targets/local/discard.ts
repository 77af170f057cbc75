/**
 * Removes things from a workspace, so that whoever looks for one finds it whole or not at all: it goes to the trash by
 * one rename, and only there it is taken apart. What a killed gc left there, the next one removes.
 */
import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readlink, rename, rm, rmdir, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf, orAbsent, writeWhole } from '../files.ts';
import type { Discarded, Discarding, Stored } from '../stored.ts';
import { gcRecord } from './inventory.ts';
import { ownRecord } from './liveness.ts';

interface Moved {
  readonly from: string;
  readonly to: string;
}

/** Somebody put another one there meanwhile: theirs stays, and ours is trash. */
const isTaken = (caught: unknown) => ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(caught) ?? '');

async function putBack({ from, to }: Moved): Promise<void> {
  try {
    const link = (await lstat(to)).isSymbolicLink();
    if (link) await symlink(await readlink(to), from);
    else await rename(to, from);
  } catch (caught) {
    if (!isTaken(caught)) throw caught;
  }
}

class Bin {
  readonly #root: string;
  readonly #how: Discarding;
  readonly #folder: string;
  #count = 0;

  constructor(root: string, how: Discarding) {
    this.#root = root;
    this.#how = how;
    this.#folder = join(root, 'trash', randomUUID());
  }

  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await writeWhole(join(this.#folder, gcRecord), JSON.stringify(await ownRecord()));
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    // Another gc may have its own folder there.
    await rmdir(dirname(this.#folder)).catch(() => undefined);
  }

  async #isBusy(path: string, { maker }: Stored): Promise<boolean> {
    const found = await orAbsent(lstat(path));
    if (!found) return true;
    // Its process is gone: nobody else would write to it.
    return maker !== 'gone' && found.mtimeMs / 1000 > this.#how.untouchedSince;
  }

  /** False, and nothing moved, where it is in use by now. A link goes before what it leads to. */
  async #move(thing: Stored, moved: Moved[]): Promise<boolean> {
    const parts = [thing.path, ...(thing.build === undefined ? [] : [thing.build])];
    for (const part of parts) if (await this.#isBusy(join(this.#root, part), thing)) return false;
    for (const part of parts) {
      const one = { from: join(this.#root, part), to: join(this.#folder, String(this.#count++)) };
      this.#how.step();
      await rename(one.from, one.to);
      moved.push(one);
    }
    // Whoever starts a run touches what it needs: between our look and the rename, that is.
    for (const { to } of moved) if (await this.#isBusy(to, thing)) return false;
    const [first] = moved;
    return thing.build === undefined || !first || (await readlink(first.to)) === basename(thing.build);
  }

  async discard(thing: Stored): Promise<'removed' | 'busy'> {
    const path = join(this.#root, thing.path);
    if (thing.kind === 'trash') {
      this.#how.step();
      await rm(path, { recursive: true, force: true });
      return 'removed';
    }
    const moved: Moved[] = [];
    let gone = false;
    try {
      gone = await this.#move(thing, moved);
    } catch (caught) {
      if (codeOf(caught) !== 'ENOENT') throw caught;
    }
    if (!gone) {
      for (const one of moved.reverse()) await putBack(one);
      return 'busy';
    }
    this.#how.step();
    for (const { to } of moved) await rm(to, { recursive: true, force: true });
    if (thing.kind === 'source') await rmdir(dirname(path)).catch(() => undefined);
    return 'removed';
  }
}

export async function discard(root: string, things: readonly Stored[], how: Discarding): Promise<Discarded[]> {
  const bin = new Bin(root, how);
  const discarded: Discarded[] = [];
  await bin.open();
  for (const thing of things) {
    const { path } = thing;
    try {
      discarded.push({ path, outcome: await bin.discard(thing) });
    } catch (caught) {
      const reason = codeOf(caught);
      // Not the system's refusal, so not about this thing alone: the lock is lost, or we are wrong.
      if (reason === undefined) throw caught;
      discarded.push({ path, outcome: 'failed', reason });
    }
  }
  await bin.close();
  return discarded;
}
