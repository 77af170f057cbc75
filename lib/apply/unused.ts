/** What of a workspace nothing refers to any more. Pure; in doubt a thing is kept. */
import { hashOf, type Sha, short } from '../base/hash.ts';
import type { Inventory, Stored, Using } from '../targets/stored.ts';
import type { References } from './references.ts';

/** Whoever makes or uses something without having said so yet, as an apply of another project, has an hour. */
export const graceSeconds = 3600;
/** Whether a process of another host lives cannot be known: a day without a write, and it counts as gone. */
const silenceSeconds = 86_400;

export interface Unused extends Stored {
  readonly reason: string;
}

export interface Survey {
  readonly unused: readonly Unused[];
  /** Attempts that do not say what they rest on: everything whole is kept for them. */
  readonly silent: readonly string[];
  /** Something is being made, of which nobody knows what it needs: everything whole is kept. */
  readonly making: boolean;
}

export interface Wanted extends References {
  /** The trainer of this tool: its wheel is needed for the next thing that is made. */
  readonly trainer: Sha;
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
/** An environment's name, from that of a build of it. */
const linkOf = (build: string) => /^[0-9a-f]{12}-py3\.\d+/.exec(build)?.[0] ?? build;

const isNoBuild = (path: string) => linkOf(nameOf(path)) === nameOf(path);

/** Why nothing refers to it; undefined where something does, or may. */
function whyUnused(thing: Stored, using: readonly Using[], wanted: Wanted): string | undefined {
  const name = nameOf(thing.path);
  const uses = using.flatMap((each) => each.uses ?? []);
  const unless = (needed: boolean, why = 'no run and no state rests on it') => (needed ? undefined : why);
  switch (thing.kind) {
    case 'environment': {
      const key = name.slice(0, 12);
      if (isNoBuild(thing.path))
        return unless(wanted.environments.has(key) || uses.some(({ environment }) => linkOf(environment) === name));
      const living = using.filter(({ lives }) => lives).flatMap((each) => each.uses ?? []);
      return unless(
        living.some(({ environment }) => environment === name),
        'its name leads to another build, and no live run uses this one',
      );
    }
    case 'bundle': {
      const { trainer } = thing;
      // Its name is made of both; without the second, a state's cannot be told from another's.
      if (trainer === undefined || uses.some(({ bundle }) => bundle === name)) return undefined;
      return unless([...wanted.bundles].some((key) => short(hashOf([key, trainer])) === name));
    }
    case 'data':
    case 'weights': {
      const { kind } = thing;
      return unless(wanted[kind].has(name) || uses.some((each) => each[kind].includes(name)));
    }
    case 'tokens':
      return unless(uses.some(({ tokens }) => tokens.includes(name)));
    case 'tokenizer':
      return unless(
        uses.some(({ tokenizers }) => tokenizers.includes(name)),
        'no run has loaded it',
      );
    case 'source': {
      const file = thing.path.slice('sources/'.length);
      return unless(wanted.sources.has(file) || uses.some(({ sources }) => sources.includes(file)));
    }
    case 'trainer':
      return unless(name === short(wanted.trainer), 'it is of another version, and nothing is being made with it');
    case 'unfinished':
      return 'whoever was making it is gone';
    case 'trash':
      return 'an earlier sft gc was stopped before it was done';
  }
}

const leftovers: readonly string[] = ['unfinished', 'trash'];

function isYoung({ touched, maker, kind }: Stored, now: number): boolean {
  const age = now - touched;
  if (maker === 'lives') return true;
  if (maker === 'unknown') return age < silenceSeconds;
  // Of a whole one it does not count who made it.
  return maker === 'gone' && leftovers.includes(kind) ? false : age < graceSeconds;
}

/** `now`: seconds since 1970. */
export function survey({ stored, using }: Inventory, wanted: Wanted, now: number): Survey {
  const silent = using.filter(({ uses }) => uses === undefined).map(({ attempt }) => attempt);
  const making = stored.some((thing) => thing.kind === 'unfinished' && thing.maker !== 'gone' && isYoung(thing, now));
  const keepsWhole = silent.length > 0 || making;
  const unused = stored.flatMap((thing): Unused[] => {
    if (isYoung(thing, now) || (keepsWhole && !leftovers.includes(thing.kind))) return [];
    const reason = whyUnused(thing, using, wanted);
    return reason === undefined ? [] : [{ ...thing, reason }];
  });
  return { unused, silent, making };
}
