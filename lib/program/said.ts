/** What a user's program said and how it ended, whichever process it ran in. */
import type { Finding } from '../finding.ts';
import type { Manifest } from '../manifest.ts';
import type { Copy } from './version.ts';

/** Of what was thrown and not caught. */
export interface Thrown {
  readonly kind: 'thrown';
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  /** `file:line:column` of the user's own code, innermost first. */
  readonly frames: readonly string[];
  /** Thrown by the SDK's code, not by the user's. */
  readonly sdk: boolean;
  readonly rejected: boolean;
}

/** What the SDK hands over. */
export type Handed =
  | { readonly kind: 'manifests'; readonly manifests: readonly Manifest[]; readonly from?: Copy }
  | { readonly kind: 'findings'; readonly findings: readonly Finding[] };

export type Said =
  | Handed
  | { readonly kind: 'exit'; readonly code: number; readonly frames: readonly string[] }
  /** `settled`: it was run to its end, and awaits nothing. */
  | { readonly kind: 'end'; readonly settled: boolean }
  | Thrown;

export interface ProgramOutcome {
  /** Relative to the project's folder. */
  readonly program: string;
  /** In order. */
  readonly said: readonly Said[];
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly stopped?: 'time' | 'size';
}
