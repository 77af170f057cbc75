/**
 * What a target shows that the state does not say and no change of the program explains. `progress`: a run went on as runs
 * do. `benign`: somebody did what the tool would have done. `harmful`: something was taken away or changed.
 */
export const driftKinds = ['progress', 'benign', 'harmful'] as const;
export type DriftKind = (typeof driftKinds)[number];

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
} as const satisfies Readonly<Record<string, DriftKind>>;
export type DriftName = keyof typeof drifts;
export const driftNames = Object.keys(drifts) as DriftName[];

export interface Drift {
  readonly address: string;
  readonly kind: DriftKind;
  readonly what: DriftName;
  /** Said of what is at the address. */
  readonly message: string;
  /** What the plan does about it. */
  readonly remedy?: 'recorded' | 'repaired';
}
