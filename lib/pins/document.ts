/** The document of `sft pins --json`. */
import type { Finding } from '../finding.ts';

/** One pin, or what should have one. */
export interface ListedPin {
  /** What is pinned. */
  readonly kind: 'model' | 'dataset' | 'file' | 'trainer';
  /** Id on the Hub, or path relative to the project's folder. */
  readonly name: string;
  /** As the program names it; of what is on the Hub only. */
  readonly revision?: string;
  /** Commit, SHA-256 or version; null: there is none. */
  readonly pin: string | null;
  /**
   * `new` and `updated`: by this command. `missing`: there is no pin. `changed`: what is there is not what is pinned.
   * `unused`: no program that was run asks for it.
   */
  readonly status: 'pinned' | 'new' | 'updated' | 'missing' | 'changed' | 'unused';
}

/** What `sft pins --json` prints. */
export interface PinsDocument {
  /** Grows where a program that reads it must be changed. */
  readonly format_version: '1.0';
  /** Where they are kept, in the project's folder. */
  readonly file: 'sft.lock.json';
  /** Of the programs that were run, and what else the file has. */
  readonly pins: readonly ListedPin[];
  /** What could not be pinned, and why. */
  readonly findings: readonly Finding[];
}
