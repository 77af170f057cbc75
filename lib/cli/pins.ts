/** `sft pins`: what is pinned in `sft.lock.json`; asks the Hub for what is not, and writes it down. */
import { join } from 'node:path';
import { short } from '../base/hash.ts';
import { nearest } from '../base/nearest.ts';
import { type ExitCode, exit, fail, UserError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { AskedPin, Manifest } from '../manifest.ts';
import type { ListedPin } from '../pins/document.ts';
import { commitOf, fileHash, type LockFile, lockFileName, lockText, withCommit } from '../pins/lock-file.ts';
import { pinFindings, wantedFiles, wantedPins } from '../pins/wanted.ts';
import { readPins } from '../program/pins.ts';
import { replaceWhole } from '../state/disk.ts';
import { acquire } from '../state/lock.ts';
import type { Context } from './context.ts';
import { deskOf } from './desk.ts';
import { commitNow, type Hub, hubOf } from './hub.ts';
import { printJson } from './print.ts';
import { loadValidStacks } from './programs.ts';
import { trainerVersion } from './target.ts';
import { tell } from './tell.ts';

export interface PinsOptions {
  readonly update?: readonly string[];
  readonly check?: boolean;
}

type Status = ListedPin['status'];

/** As it is on the disk now. Throws where it cannot be read. */
export function pinsOf(project: string): LockFile {
  const read = readPins(project);
  if ('finding' in read) throw new UserError(read.finding);
  return read.lock;
}

interface Wanted {
  readonly pins: readonly AskedPin[];
  readonly files: ReturnType<typeof wantedFiles>;
  readonly trainer: string;
}

const wantedOf = (manifests: readonly Manifest[]): Wanted => ({
  pins: wantedPins(manifests),
  files: wantedFiles(manifests),
  trainer: trainerVersion(),
});

function checkNames(names: readonly string[], { pins, files }: Wanted): void {
  const known = [...new Set(pins.map(({ id }) => id)), ...files.map(({ path }) => path), 'trainer'];
  for (const name of names) {
    if (known.includes(name)) continue;
    const guess = nearest(name, known);
    const fix = guess ? `Did you mean "${guess}"?` : `There are: ${known.join(', ')}.`;
    throw fail('pin/unknown', `No stack rests on "${name}".`, fix, { exit: exit.usage });
  }
}

type Change = (lock: LockFile) => LockFile;

/** Asks for a few at a time: a Hub counts requests. */
async function resolveAll(pins: readonly AskedPin[], hub: Hub): Promise<{ changes: Change[]; findings: Finding[] }> {
  const [changes, findings]: [Change[], Finding[]] = [[], []];
  const queue = [...pins];
  const worker = async () => {
    for (let pin = queue.shift(); pin; pin = queue.shift()) {
      const { kind, id, revision } = pin;
      try {
        const commit = await commitNow(pin, hub);
        changes.push((lock) => withCommit(lock, kind, id, revision, commit));
      } catch (caught) {
        if (!(caught instanceof UserError)) throw caught;
        findings.push(...caught.findings);
      }
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return { changes, findings };
}

/** What is asked of the Hub, and what is known here. */
async function changesFor(wanted: Wanted, lock: LockFile, update: readonly string[], context: Context) {
  const again = new Set(update);
  const asked = wanted.pins.filter(
    ({ kind, id, revision }) => again.has(id) || commitOf(lock, kind, id, revision) === undefined,
  );
  const { changes, findings } =
    asked.length === 0 ? { changes: [], findings: [] } : await resolveAll(asked, hubOf(process.env, context.signal));
  for (const { path, sha256 } of wanted.files)
    if (again.has(path) || fileHash(lock, path) === undefined)
      changes.push((now) => ({ ...now, files: { ...now.files, [path]: sha256 } }));
  if (again.has('trainer') || lock.trainer === undefined) changes.push((now) => ({ ...now, trainer: wanted.trainer }));
  return { changes, findings };
}

/** Under a lock, and on what is there by then: of two commands at once neither loses what the other wrote. */
async function write(context: Context, changes: readonly Change[]): Promise<LockFile> {
  const { project, signal } = context;
  const { me, now } = deskOf(project);
  const turn = await acquire(join(project, '.sft', 'pins'), me, { what: 'pins', now, timeoutSeconds: 30, signal });
  try {
    const before = pinsOf(project);
    const after = changes.reduce((lock, change) => change(lock), before);
    if (lockText(after) !== lockText(before)) replaceWhole(join(project, lockFileName), lockText(after));
    return after;
  } finally {
    turn.release();
  }
}

const statusOf = (before: string | undefined, after: string | undefined): Status =>
  after === undefined ? 'missing' : before === undefined ? 'new' : before === after ? 'pinned' : 'updated';

function listed(before: LockFile, after: LockFile, wanted: Wanted): ListedPin[] {
  const pins = wanted.pins.map(({ kind, id, revision }): ListedPin => {
    const commit = commitOf(after, kind, id, revision);
    const status = statusOf(commitOf(before, kind, id, revision), commit);
    return { kind, name: id, revision, pin: commit ?? null, status };
  });
  const files = wanted.files.map(({ path, sha256 }): ListedPin => {
    const hash = fileHash(after, path);
    const status = hash !== undefined && hash !== sha256 ? 'changed' : statusOf(fileHash(before, path), hash);
    return { kind: 'file', name: path, pin: hash ?? null, status };
  });
  const { trainer } = after;
  const moved = trainer !== undefined && trainer !== wanted.trainer;
  const status = moved ? 'changed' : statusOf(before.trainer, trainer);
  return [
    ...pins,
    ...files,
    { kind: 'trainer', name: 'trainer', pin: trainer ?? null, status },
    ...unused(after, wanted),
  ];
}

function unused(lock: LockFile, wanted: Wanted): ListedPin[] {
  const kinds = [['model', lock.models] as const, ['dataset', lock.datasets] as const];
  const asked = new Set(wanted.pins.map(({ kind, id, revision }) => `${kind} ${id} ${revision}`));
  const left = kinds.flatMap(([kind, table]) =>
    Object.entries(table).flatMap(([name, revisions]) =>
      Object.entries(revisions)
        .filter(([revision]) => !asked.has(`${kind} ${name} ${revision}`))
        .map(([revision, pin]): ListedPin => ({ kind, name, revision, pin, status: 'unused' })),
    ),
  );
  const paths = new Set(wanted.files.map(({ path }) => path));
  const files = Object.entries(lock.files).filter(([path]) => !paths.has(path));
  return [...left, ...files.map(([name, pin]): ListedPin => ({ kind: 'file', name, pin, status: 'unused' }))];
}

function show(pins: readonly ListedPin[], findings: readonly Finding[], context: Context): void {
  if (context.json) {
    printJson<'pins'>(context, { format_version: '1.0', file: lockFileName, pins, findings });
    tell(findings, context, 'json');
    return;
  }
  const name = (one: ListedPin) => (one.revision === undefined ? one.name : `${one.name} (${one.revision})`);
  const width = Math.max(...pins.map((one) => name(one).length));
  for (const one of pins) {
    const pin = one.pin === null ? '-' : one.kind === 'trainer' ? one.pin : short(one.pin);
    context.out(`${one.status.padEnd(8)} ${one.kind.padEnd(8)} ${name(one).padEnd(width)}  ${pin}`);
  }
  tell(findings, context, 'aside');
}

export async function pins(context: Context, stacks: string[], options: PinsOptions): Promise<ExitCode> {
  const before = pinsOf(context.project);
  const { manifests } = await loadValidStacks(stacks, context);
  const wanted = wantedOf(manifests);
  const { update = [], check = false } = options;
  checkNames(update, wanted);
  if (check) {
    const findings = pinFindings(manifests, { lock: before, trainer: wanted.trainer, required: true });
    show(listed(before, before, wanted), findings, context);
    return findings.length > 0 ? exit.changes : exit.done;
  }
  const { changes, findings } = await changesFor(wanted, before, update, context);
  context.signal.throwIfAborted();
  const after = changes.length > 0 ? await write(context, changes) : before;
  show(listed(before, after, wanted), findings, context);
  return findings.length > 0 ? exit.error : exit.done;
}
