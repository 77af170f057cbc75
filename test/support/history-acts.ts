/** The acts of a history: what people, machines and chance do. Small values, so that a failure shrinks to few of them. */
import fc from 'fast-check';
import type { Program } from './history-program.ts';

/** Where a command dies; elsewhere: on another machine, whose processes cannot be looked up. */
export interface Death {
  readonly at: number;
  readonly elsewhere: boolean;
}

export type Act =
  | { readonly do: 'edit'; readonly change: Partial<Program> }
  | { readonly do: 'apply'; readonly ask?: 'resume' | 'replace'; readonly move: boolean; readonly dies?: Death }
  | { readonly do: 'resume' | 'cancel' | 'destroy'; readonly dies?: Death }
  | { readonly do: 'save' | 'race' | 'forget' | 'unlock' }
  | { readonly do: 'apply-saved'; readonly dies?: Death }
  | { readonly do: 'sleep'; readonly at: number; readonly change: Partial<Program> }
  | { readonly do: 'job'; readonly which: number; readonly happens: Happening }
  | { readonly do: 'fault'; readonly fault: Fault }
  | { readonly do: 'clock'; readonly seconds: number }
  | { readonly do: 'pass'; readonly seconds: number };

export type Happening = 'done' | 'killed' | 'data' | 'cancelled' | 'lost' | 'queued' | 'retry' | 'wiped' | 'checkpoint';
export type Fault = 'blind' | 'half-blind' | 'lags' | 'empty' | 'loses-answers' | 'no-room' | 'edited-file' | 'none';

const day = 86_400;

const change: fc.Arbitrary<Partial<Program>> = fc.oneof(
  fc.record({ rate: fc.constantFrom(1e-4 as const, 1e-3 as const) }),
  fc.record({ processes: fc.constantFrom(1 as const, 2 as const) }),
  fc.record({ logging: fc.constantFrom(1 as const, 2 as const) }),
  fc.record({ note: fc.constantFrom('a' as const, 'b' as const) }),
  fc.record({ protect: fc.boolean() }),
  fc.record({ more: fc.boolean() }),
  fc.record({ name: fc.constantFrom('sft' as const, 'base' as const) }),
);

const dies = fc.option(fc.record({ at: fc.integer({ min: 1, max: 40 }), elsewhere: fc.boolean() }), {
  nil: undefined,
  freq: 2,
});

const mortal = <T extends object>(act: fc.Arbitrary<T>): fc.Arbitrary<T & { readonly dies?: Death }> =>
  fc.tuple(act, dies).map(([it, death]) => (death ? { ...it, dies: death } : it));

const of = <T extends string>(...names: T[]) => fc.record({ do: fc.constantFrom(...names) });

const apply = fc.record({ do: fc.constant('apply' as const), move: fc.boolean() });
const ask = fc.constantFrom('resume' as const, 'replace' as const);
const applyAsked = fc.record({ do: fc.constant('apply' as const), move: fc.boolean(), ask });

export const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('edit' as const), change }) },
  { weight: 8, arbitrary: mortal(apply) },
  { weight: 1, arbitrary: mortal(applyAsked) },
  { weight: 2, arbitrary: mortal(of('resume', 'cancel', 'cancel', 'destroy')) },
  { weight: 1, arbitrary: mortal(of('apply-saved')) },
  { weight: 2, arbitrary: of('save', 'race', 'forget', 'unlock') },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('sleep' as const), at: fc.integer({ min: 1, max: 5 }), change }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('job' as const),
      which: fc.nat({ max: 3 }),
      happens: fc.constantFrom<Happening>(
        'done',
        'killed',
        'data',
        'cancelled',
        'lost',
        'queued',
        'retry',
        'wiped',
        'checkpoint',
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      fault: fc.constantFrom<Fault>(
        ...(['none', 'none', 'none'] as const),
        ...(['blind', 'half-blind', 'lags', 'empty', 'loses-answers', 'no-room', 'edited-file'] as const),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clock' as const), seconds: fc.constantFrom(-day, day) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.constantFrom(1, 61) }) },
);
