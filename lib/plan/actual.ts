/**
 * A run that was planned without a commit has read one all the same. To pin that very commit later is no change of what
 * is learnt; to pin another one is.
 */
import { isObject } from '../base/json.ts';
import type { Job } from '../manifest.ts';
import { isCommit } from '../pins/lock-file.ts';
import type { Found, Revisions } from '../state/attempt.ts';
import type { Run } from '../state/state.ts';
import type { FieldChange } from './diff.ts';

const parts = ['model', 'data'] as const;

/** What all attempts that told it agree on; a branch that moved between two of them leaves nothing to go by. */
function actualOf(all: readonly Revisions[], part: (typeof parts)[number]): string | undefined {
  const [first, ...others] = [...new Set(all.flatMap((each) => each[part] ?? []))];
  return others.length === 0 ? first : undefined;
}

/** The commits that a recorded run has read, by what the state or the target knows of its attempts. */
export function actualRevisions(run: Pick<Run, 'attempts'>, found: readonly Found[]): Revisions {
  const told = [...run.attempts, ...found].flatMap(({ revisions }) => revisions ?? []);
  const [model, data] = parts.map((part) => actualOf(told, part));
  return { ...(model === undefined ? {} : { model }), ...(data === undefined ? {} : { data }) };
}

const why = 'the run has read this very commit, so nothing restarts';

/** The differences, where a commit takes the place of a name that had turned out to be that commit. */
export function withoutPinning(fields: readonly FieldChange[], actual: Revisions): FieldChange[] {
  return fields.map((field) => {
    const part = parts.find((each) => field.path === `${each}.revision`);
    const pins = part !== undefined && isCommit(field.after) && !isCommit(field.before);
    return pins && field.after === actual[part] ? { ...field, class: 'cosmetic', reason: why } : field;
  });
}

/** Whether a job names something on the Hub, so that its attempts have commits to tell. */
export function readsHub({ settings }: Pick<Job, 'settings'>): boolean {
  return parts.some((part) => isObject(settings[part]) && (settings[part] as { source?: unknown }).source === 'hub');
}
