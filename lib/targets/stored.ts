/** What a workspace holds beside its runs, and what these rest on: what `sft gc` decides by. */
import type { Sha } from '../base/hash.ts';
import type { ArtifactKind } from '../manifest.ts';

/** What something in a workspace is. */
export type StoredKind = ArtifactKind | 'tokens' | 'tokenizer' | 'source' | 'trainer' | 'unfinished' | 'trash';

export interface Stored {
  readonly kind: StoredKind;
  /** Below the workspace. A built environment is named by its link. */
  readonly path: string;
  /** Of an environment: the build that the link leads to; absent where it leads nowhere, and for a build without a link. */
  readonly build?: string;
  readonly bytes: number;
  /** When anything in it was last written, in seconds since 1970. */
  readonly touched: number;
  /** Of a bundle: hash of the trainer in it, which its name is made of too; absent where that cannot be read. */
  readonly trainer?: Sha;
  /** Of what is being made, or removed: whether its process lives. Of another host's that cannot be known. */
  readonly maker?: 'lives' | 'gone' | 'unknown';
}

/** What an attempt says that it rests on (`uses` in claim.json); names as `Stored` has them. */
export interface Uses {
  readonly bundle: string;
  /** The build itself, not its link. */
  readonly environment: string;
  /** The first characters of keys. */
  readonly data: readonly string[];
  readonly weights: readonly string[];
  /** `<sha256>/<name>`. */
  readonly sources: readonly string[];
  /** What its rows were made into, or those of the attempt before it, as long as it has not said. */
  readonly tokens: readonly string[];
  /** The one that it has loaded, or the attempt before it. */
  readonly tokenizers: readonly string[];
}

/** An attempt that counts: the newest of its run, and each one without an end. */
export interface Using {
  /** Its folder, below the workspace. */
  readonly attempt: string;
  /** It has no end, and its supervisor is not known to be gone. */
  readonly lives: boolean;
  /** Absent: it does not say. */
  readonly uses?: Uses;
}

export interface Inventory {
  readonly stored: readonly Stored[];
  readonly using: readonly Using[];
}

export interface Discarding {
  /** In seconds since 1970: what was written later than that stays. */
  readonly untouchedSince: number;
  /** Before each thing that is done; throws where nothing more may be. */
  readonly step: () => void;
}

/** `busy`: it was written to since it was listed, or is gone already. */
export type Discarded =
  | { readonly path: string; readonly outcome: 'removed' | 'busy' }
  | { readonly path: string; readonly outcome: 'failed'; readonly reason: string };
