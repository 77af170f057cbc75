/** Prepared data and weights: made by the trainer's `prepare`, which knows the tokenizer and the formats. */
import { randomUUID } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '../../base/json.ts';
import { printable } from '../../base/printable.ts';
import { fail } from '../../errors.ts';
import { notWritten } from '../../state/disk.ts';
import { isAsListed, isListed, orAbsent, readObject } from '../files.ts';
import type { Presence } from '../target.ts';
import type { Build } from './context.ts';
import { runGuarded } from './guarded.ts';

/** Up to here contents are compared at each look; beyond, sizes only: a plan must not read terabytes. */
const hashedBytes = 256 * 1024 * 1024;

export async function preparedPresence(folder: string): Promise<Presence> {
  if ((await orAbsent(stat(folder))) === undefined) return 'absent';
  const files = (await readObject(join(folder, 'manifest.json')))?.files;
  if (!Array.isArray(files) || !files.every(isListed)) return 'altered';
  const hashes = files.reduce((sum, file) => sum + file.bytes, 0) <= hashedBytes;
  for (const file of files) if (!(await isAsListed(folder, file, hashes))) return 'altered';
  return 'whole';
}

export interface Preparation {
  readonly only: 'data' | 'weights';
  readonly python: string;
  readonly root: string;
  readonly bundle: string;
  readonly wheel: string;
  readonly folder: string;
  /** The result that the weights are merged from. */
  readonly from?: string | undefined;
}

function parsed(line: string): Record<string, unknown> {
  try {
    const value: unknown = line.startsWith('{') ? JSON.parse(line) : undefined;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** What JSON had escaped is a control character again after parsing. */
const text = (value: unknown) => printable(String(value ?? ''));

/** As Python says it. */
const diskSays = [
  [/\[Errno 28\]/, 'ENOSPC'],
  [/\[Errno 122\]/, 'EDQUOT'],
  [/\[Errno 30\]/, 'EROFS'],
] as const;

export async function prepare(work: Preparation, context: Build): Promise<void> {
  if ((await preparedPresence(work.folder)) === 'altered') {
    // Moved away first: a run that has its files open keeps them.
    const away = `${work.folder}.altered-${randomUUID().slice(0, 8)}`;
    await rename(work.folder, away);
    await rm(away, { recursive: true, force: true });
  }
  let mistake: Record<string, unknown> | undefined;
  const onLine = (line: string) => {
    const event = parsed(line);
    if (event.kind === 'notice') context.say(text(event.message));
    if (event.kind === 'error') mistake = event;
  };
  const options = [
    '--root',
    work.root,
    '--files',
    work.bundle,
    '--only',
    work.only,
    ...(work.from ? ['--from', work.from] : []),
  ];
  const words = [work.python, '-m', 'cdksft_trainer', 'prepare', ...options];
  const ended = await runGuarded({
    ...context.guard(work.python),
    words,
    environment: { PYTHONPATH: work.wheel },
    onLine,
  });
  if (ended.code === 0) return;
  if (mistake)
    throw fail(
      mistake.id === undefined ? 'data/invalid' : `trainer/${text(mistake.id)}`,
      text(mistake.message),
      text(mistake.fix),
    );
  const reason = diskSays.find(([says]) => says.test(ended.tail.join('\n')))?.[1];
  if (reason)
    throw notWritten(work.folder, Object.assign(new Error(reason), { code: reason }), 'workspace/not-written');
  throw fail(
    `${work.only}/failed`,
    `Making the ${work.only} failed (exit code ${ended.code}). It said last:\n${ended.tail.join('\n')}`,
    'Correct what is named there, then apply again; nothing half-made was left.',
  );
}
