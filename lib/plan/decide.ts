/**
 * What is to be done about one resource. Pure and total: every combination has an answer and its reason.
 * docs/decisions.md is made from it, and test/plan/decide.test.ts has each cell written out by hand.
 */

import type { Change } from '../settings/change.ts';
import type { Presence } from '../state/attempt.ts';

/** `none`: the settings are as recorded, or nothing is recorded. */
export const changed = ['none', 'cosmetic', 'operational', 'placement', 'semantic'] as const satisfies readonly (
  | 'none'
  | Change
)[];
export type Changed = (typeof changed)[number];

/**
 * The newest attempt of the wanted run, on the target. `failed-own`: by its settings' own fault, which the same settings
 * will meet again. `altered`: its files were edited. `unknown`: the look-up failed, which is never taken for `absent`.
 */
export type Seen =
  | 'absent'
  | 'queued'
  | 'running'
  | 'done'
  | 'failed'
  | 'failed-own'
  | 'cancelled'
  | 'altered'
  | 'unknown';
export const seen = [
  'absent',
  'queued',
  'running',
  'done',
  'failed',
  'failed-own',
  'cancelled',
  'altered',
  'unknown',
] as const satisfies readonly Seen[];

/** What a person asked for by name. */
export const asked = ['nothing', 'resume', 'replace', 'move'] as const;
export type Asked = (typeof asked)[number];

/** What is done with a resource; docs/decisions.md says when. */
export type Verb =
  | 'none'
  | 'create'
  | 'update'
  | 'attempt'
  | 'move'
  | 'new-run'
  | 'adopt'
  | 'repair'
  | 'rename'
  | 'refresh'
  | 'stop'
  | 'forget';

export interface Decision {
  readonly verb: Verb;
  readonly because: string;
}

export interface Situation {
  /** Whether a run stands in the state at this address; with a semantic change it is one of another identity. */
  readonly recorded: boolean;
  readonly change: Changed;
  readonly seen: Seen;
  readonly asked: Asked;
}

const say = (verb: Verb, because: string): Decision => ({ verb, because });

/** Nothing of the wanted run is on the target. */
function absent({ recorded, change, asked }: Situation): Decision {
  if (asked === 'resume' && recorded && change === 'semantic')
    return say('none', 'there is nothing to resume: the changed settings are another run, which apply starts');
  if (asked === 'resume') return say('none', 'there is nothing to resume: apply starts it from the beginning');
  if (!recorded) return say('create', 'it has not run yet');
  if (change === 'semantic') return say('new-run', 'a changed setting shapes what is learnt: a new run beside the old');
  return say('create', 'it is recorded, but gone from the target: it starts from the beginning');
}

const stays: Readonly<Record<'queued' | 'running' | 'done', string>> = {
  queued: 'it is queued',
  running: 'it is running',
  done: 'it is done',
};

/** It lives or is done: nothing starts beside it. */
function settled(state: 'queued' | 'running' | 'done', { recorded, change, asked }: Situation): Decision {
  if (!recorded || change === 'semantic') return say('adopt', `${stays[state]} on the target already`);
  if (change === 'none') return say('none', stays[state]);
  if (change === 'cosmetic') return say('update', `${stays[state]}: the change is in place, nothing restarts`);
  if (state === 'done') return say('update', 'it is done: the change is recorded, nothing restarts');
  if (change === 'placement')
    return say(
      'move',
      asked === 'move' || asked === 'resume'
        ? `${stays[state]}: it stops at a checkpoint and goes on in the new layout`
        : `${stays[state]}: to change where it runs, it has to stop at a checkpoint and go on, which --allow-move permits`,
    );
  return say('update', `${stays[state]}: the change counts from its next attempt on`);
}

const ended: Readonly<Record<'failed-own' | 'cancelled' | 'altered', string>> = {
  'failed-own': 'it failed by its own settings, and would again until one is changed',
  cancelled: 'it was cancelled, and goes on when it is resumed',
  altered: 'its files on the target were edited, so nothing starts by itself',
};

/** It ended short of done, and only a person or a changed setting makes it go on. */
function stopped(state: 'failed-own' | 'cancelled' | 'altered', { recorded, change, asked }: Situation): Decision {
  if (asked === 'resume' || asked === 'replace') return say('attempt', `${asked} asks for a further attempt`);
  if (!recorded || change === 'semantic') return say('adopt', ended[state]);
  if (change === 'none') return say('none', ended[state]);
  if (state === 'failed-own' && change !== 'cosmetic')
    return say('attempt', 'it failed by its own settings, and one of them is changed');
  return say('update', change === 'cosmetic' ? ended[state] : `${ended[state]}; the change counts from then on`);
}

export function decide(situation: Situation): Decision {
  switch (situation.seen) {
    case 'unknown':
      return say('none', 'the target did not say what is there, and nothing is done on a guess');
    case 'absent':
      return absent(situation);
    case 'queued':
    case 'running':
    case 'done':
      return settled(situation.seen, situation);
    case 'failed':
      return say('attempt', 'it failed, but not by its settings: it goes on from its newest checkpoint');
    case 'failed-own':
    case 'cancelled':
    case 'altered':
      return stopped(situation.seen, situation);
  }
}

/** A run whose construct is no longer in the program. */
export function decideRemoved(seen: Seen): Decision {
  if (seen === 'unknown')
    return say('none', 'the target did not say whether it runs, and it is not forgotten on a guess');
  if (seen === 'queued' || seen === 'running')
    return say('stop', 'it is no longer in the program: it stops at a checkpoint and is forgotten');
  return say('forget', 'it is no longer in the program: its results and checkpoints stay where they are');
}

/**
 * The result that a run begins with. `coming`: the run that makes it lives, or this plan starts it. `none`: it has ended
 * without one, or is not there, and nothing starts it. `unknown`: the look-up failed.
 */
export const results = ['done', 'coming', 'none', 'unknown'] as const;
export type Result = (typeof results)[number];

/** Verbs that start an attempt. */
export const starting: readonly Verb[] = ['create', 'attempt', 'new-run', 'move'];

/** What is decided on a run by itself, where it begins with another run's result: it starts when that is there. */
export function decideAfter(own: Decision, result: Result): Decision {
  if (!starting.includes(own.verb) || result === 'done' || result === 'coming') return own;
  if (result === 'none')
    return say('none', 'the result that it begins with is not there, and nothing that is done now makes it');
  return say('none', 'the target did not say whether the result that it begins with is there');
}

/**
 * Why a protected run stands in the way of a plan; undefined where it does not. `removed`: its construct is no longer in
 * the program.
 */
export function refusalOf(change: Changed | 'removed'): string | undefined {
  if (change === 'removed') return 'it is protected, and its construct is no longer in the program';
  if (change === 'semantic') return 'it is protected, and the changed settings would put another run in its place';
  return undefined;
}

/** `from`: the address of before. Where nothing else is to be done, the record alone is changed. */
export function decideRenamed({ verb, because }: Decision, from: string): Decision {
  const was = `renamed from ${from}`;
  return verb === 'none' ? say('rename', `${was}: ${because}`) : say(verb, `${was}; ${because}`);
}

/** `n`: an attempt that was started by hand, and that the state does not know. It is recorded, and none started beside. */
export function decideByHand(decision: Decision, n: number): Decision {
  const { verb, because } = decision;
  const how = `attempt ${n} was started by hand`;
  if (verb === 'none') return say('refresh', `${because}: ${how}, and is recorded`);
  return verb === 'adopt' ? say('adopt', `${because}: ${how}`) : decision;
}

/** With `--refresh-only`. `differs`: the target shows attempts or ends that are not recorded. */
export function decideRefresh(seen: Seen, differs: boolean): Decision {
  if (seen === 'unknown')
    return say('none', 'the target did not say what is there, and nothing is recorded on a guess');
  if (!differs) return say('none', 'it is as recorded');
  return say('refresh', 'what the target shows is recorded; nothing is started or stopped');
}

/** `needed`: by a job that starts now. */
export function decideArtifact(needed: boolean, presence: Presence): Decision {
  if (presence === 'whole') return say('none', 'it is there');
  if (presence === 'altered') return say('repair', 'it was edited on the target: it is made again');
  if (!needed) return say('none', 'nothing that starts now needs it');
  if (presence === 'absent') return say('create', 'it is not there yet');
  return say('create', 'the target did not say whether it is there: making it twice is harmless');
}
