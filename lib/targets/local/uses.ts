/** What the runs of a workspace, whoever's they are, say that they rest on. */
import { basename, join } from 'node:path';
import { isObject } from '../../base/json.ts';
import { lookAtEach, namesIn, objectIn, statIf } from '../look.ts';
import type { Uses, Using } from '../stored.ts';
import { attemptNumbers, supervisorOf, UnknownAttempt } from './attempts.ts';

/** A folder without a claim that is older than this belongs to a supervisor that was killed before it began. */
const claimingMs = 60 * 60 * 1000;

const isWords = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((word) => typeof word === 'string');

const keysOf = (keys: readonly string[]) => keys.map((key) => key.slice(0, 12));

function readUses(value: unknown): Omit<Uses, 'tokens' | 'tokenizers'> | undefined {
  if (!isObject(value)) return undefined;
  const { bundle, environment, data, weights, sources } = value as Record<string, unknown>;
  if (typeof bundle !== 'string' || typeof environment !== 'string') return undefined;
  if (!isWords(data) || !isWords(weights) || !isWords(sources)) return undefined;
  // By their last names: another host may have mounted the workspace elsewhere.
  const names = { bundle: basename(bundle), environment: basename(environment) };
  return { ...names, data: keysOf(data), weights: keysOf(weights), sources };
}

/** In doubt it lives. */
async function mayLive(folder: string): Promise<boolean> {
  try {
    return (await supervisorOf(folder)).state === 'running';
  } catch (caught) {
    if (caught instanceof UnknownAttempt) return true;
    throw caught;
  }
}

function isBeginning(folder: string): boolean {
  const made = statIf(folder);
  return made !== undefined && Date.now() - made.mtimeMs < claimingMs;
}

/** What a run used last, as a file of its attempts names it: one can say so only when it has loaded its tokenizer. */
function lastKeyIn(file: string, root: string, run: string, numbers: readonly number[]): string[] {
  for (const n of numbers) {
    const key = objectIn(join(root, 'runs', run, 'attempts', String(n), file))?.key;
    if (typeof key === 'string') return keysOf([key]);
  }
  return [];
}

async function usingOfRun(root: string, run: string): Promise<Using[]> {
  const using: Using[] = [];
  const numbers = attemptNumbers(join(root, 'runs', run)).reverse();
  const tokens = lastKeyIn('tokens.json', root, run, numbers);
  const tokenizers = lastKeyIn('loaded-tokenizer.json', root, run, numbers);
  let newest = true;
  for (const n of numbers) {
    const attempt = `runs/${run}/attempts/${n}`;
    const folder = join(root, attempt);
    const claim = objectIn(join(folder, 'claim.json'));
    if (!claim) {
      if (isBeginning(folder)) using.push({ attempt, lives: true });
      continue;
    }
    const lives = objectIn(join(folder, 'end.json')) === undefined && (await mayLive(folder));
    const uses = readUses(claim.uses);
    if (newest || lives) using.push({ attempt, lives, ...(uses ? { uses: { ...uses, tokens, tokenizers } } : {}) });
    newest = false;
  }
  return using;
}

export async function usingOf(root: string): Promise<Using[]> {
  return (await lookAtEach(namesIn(join(root, 'runs')), (run) => usingOfRun(root, run))).flat();
}
