/**
 * What a target shows that the state does not say and no change of the program explains. `progress`: a run went on as runs
 * do. `benign`: somebody did what the tool would have done. `harmful`: something was taken away or changed.
 */
export type DriftKind = 'progress' | 'benign' | 'harmful';
export const driftKinds = ['progress', 'benign', 'harmful'] as const satisfies readonly DriftKind[];

/** What is shown; `sft explain drift/NAME` says more of those that are findings. */
export type DriftName = 'began' | 'ended' | 'by-hand' | 'gone' | 'cancelled' | 'checkpoint' | 'altered' | 'artifact';

/** Of what kind each of them is. */
export const drifts = {
  began: 'progress',
  ended: 'progress',
  'by-hand': 'benign',
  gone: 'harmful',
  cancelled: 'harmful',
  checkpoint: 'harmful',
  altered: 'harmful',
  artifact: 'harmful',
} as const satisfies Readonly<Record<DriftName, DriftKind>>;
export const driftNames = Object.keys(drifts) as DriftName[];

/** One thing that a target shows and no change explains. */
export interface Drift {
  /** Address of the run or artifact in its stack. */
  readonly address: string;
  /** Whose doing. */
  readonly kind: DriftKind;
  /** What it is. */
  readonly what: DriftName;
  /** Said of what is at the address. */
  readonly message: string;
  /** What the plan does about it. */
  readonly remedy?: 'recorded' | 'repaired';
}
