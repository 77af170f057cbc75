/** What lies in a workspace on this machine. Names that are none of ours are passed over, and so never removed. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { linkAt, lookAtEach, namesIn, objectIn, statIf } from '../look.ts';
import type { Inventory, Stored } from '../stored.ts';
import { listName } from './bundle.ts';
import { hasProcess, isRecord, lives } from './liveness.ts';
import { usingOf } from './uses.ts';
import { weigh } from './weigh.ts';

/** Which process a gc's own folder in the trash belongs to. */
export const gcRecord = 'gc.json';

type Described = Omit<Stored, 'path' | 'bytes' | 'touched'>;

async function makerIn(folder: string, record: string): Promise<Pick<Stored, 'maker'>> {
  const value = objectIn(join(folder, record));
  if (!isRecord(value)) return {};
  const alive = await lives(value);
  return { maker: alive === undefined ? 'unknown' : alive ? 'lives' : 'gone' };
}

const link = /^[0-9a-f]{12}-py3\.\d+$/;
const build = /^([0-9a-f]{12}-py3\.\d+)\.[0-9a-z]+-[0-9a-f]{8}$/;
const lostLink = /^[0-9a-f]{12}-py3\.\d+\.link-[0-9a-z]+-[0-9a-f]{8}$/;

async function environment(folder: string, name: string): Promise<Described | undefined> {
  const path = join(folder, name);
  if (lostLink.test(name)) return { kind: 'unfinished' };
  if (link.test(name)) {
    const to = linkAt(path);
    return { kind: 'environment', ...(to !== undefined && build.test(to) ? { build: `environments/${to}` } : {}) };
  }
  const own = build.exec(name)?.[1];
  if (own === undefined || linkAt(join(folder, own)) === name) return undefined;
  const isBuilt = objectIn(join(path, 'environment.json')) !== undefined;
  return { kind: isBuilt ? 'environment' : 'unfinished', ...(await makerIn(path, 'builder.json')) };
}

function bundle(folder: string, name: string): Described | undefined {
  if (/^[0-9a-f]{12}\.[0-9a-f]{8}$/.test(name)) return { kind: 'unfinished' };
  if (!/^[0-9a-f]{12}$/.test(name)) return undefined;
  const files = objectIn(join(folder, name, listName))?.files;
  const wheel = Array.isArray(files) ? files.find((file) => String(file?.path).endsWith('.whl')) : undefined;
  return { kind: 'bundle', ...(typeof wheel?.sha256 === 'string' ? { trainer: wheel.sha256 } : {}) };
}

/** As `build_folder` in trainer/cdksft_trainer/folders.py names them. */
const ownHost = () => hostname().replace(/[^\p{L}\p{N}]/gu, '-');

const prepared =
  (kind: 'data' | 'weights' | 'tokens' | 'tokenizer') =>
  async (_: string, name: string): Promise<Described | undefined> => {
    if (/^[0-9a-f]{12}$/.test(name)) return { kind };
    if (/^[0-9a-f]{12}\.altered-[0-9a-f]{8}$/.test(name)) return { kind: 'unfinished' };
    const [, host, pid] = /^[0-9a-f]{12}\.(.+)\.(\d+)\.[0-9a-f]{8}$/.exec(name) ?? [];
    if (host === undefined) return undefined;
    if (host !== ownHost()) return { kind: 'unfinished', maker: 'unknown' };
    return { kind: 'unfinished', maker: (await hasProcess(Number(pid))) ? 'lives' : 'gone' };
  };

const trainer = (_: string, name: string): Described | undefined =>
  /^[0-9a-f]{12}$/.test(name) ? { kind: 'trainer' } : undefined;

/** One that says not whose it is has just been made, or its gc was killed there: a day tells. */
async function trash(folder: string, name: string): Promise<Described> {
  return { kind: 'trash', maker: 'unknown', ...(await makerIn(join(folder, name), gcRecord)) };
}

type Describe = (folder: string, name: string) => Described | undefined | Promise<Described | undefined>;

const places: Readonly<Record<string, Describe>> = {
  environments: environment,
  bundles: bundle,
  data: prepared('data'),
  weights: prepared('weights'),
  tokens: prepared('tokens'),
  tokenizers: prepared('tokenizer'),
  trainer,
  trash,
};

async function storedAt(root: string, path: string, described: Described | undefined): Promise<Stored | undefined> {
  const weight = described && weigh(join(root, path));
  if (!described || !weight) return undefined;
  const more = described.build === undefined ? undefined : weigh(join(root, described.build));
  const bytes = weight.bytes + (more?.bytes ?? 0);
  return { ...described, path, bytes, touched: Math.max(weight.touched, more?.touched ?? 0) };
}

/** Each file of a dataset by itself: one that was half copied has another name. */
function sources(root: string): string[] {
  const hashes = namesIn(join(root, 'sources')).filter((name) => /^[0-9a-f]{64}$/.test(name));
  return hashes.flatMap((hash) => namesIn(join(root, 'sources', hash)).map((name) => `sources/${hash}/${name}`));
}

export async function inventoryOf(root: string): Promise<Inventory> {
  const named = Object.entries(places).flatMap(([place, describe]) => {
    if (statIf(join(root, place))?.isDirectory() !== true) return [];
    return namesIn(join(root, place)).map((name) => ({ place, name, describe }));
  });
  const stored = await lookAtEach(named, async ({ place, name, describe }) =>
    storedAt(root, `${place}/${name}`, await describe(join(root, place), name)),
  );
  const files = await lookAtEach(sources(root), (path) => storedAt(root, path, { kind: 'source' }));
  const all = [...stored, ...files].filter((each) => each !== undefined);
  return { stored: all.sort((a, b) => (a.path < b.path ? -1 : 1)), using: await usingOf(root) };
}
