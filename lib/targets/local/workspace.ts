/** Where things lie in a workspace. ARCHITECTURE.md draws the whole tree. */
import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { hashOf, type Sha, short } from '../../base/hash.ts';
import { resultPath, runFolder } from '../../base/run-folder.ts';
import type { Birth } from '../../base/token.ts';
import type { Artifact, Resource } from '../../manifest.ts';
import type { Wheel } from '../wheel.ts';

/** The real path, also of a folder that is still to be made: what of it exists is resolved. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(real(parent), basename(path));
  }
}

export class Workspace {
  /** Absolute and without links, as the tokens of attempts need it. */
  readonly root: string;

  constructor(project: string, workspace: string) {
    this.root = real(resolve(project, workspace));
  }

  environments(): string {
    return join(this.root, 'environments');
  }

  /** The wheel of the trainer that the builders run; by content, so that versions do not meet. */
  trainer(wheel: Wheel): string {
    return join(this.root, 'trainer', short(wheel.sha256), wheel.name);
  }

  /** A run's files together with the trainer that they were planned with. */
  bundle(artifact: Artifact, wheel: Wheel): string {
    return join(this.root, 'bundles', short(hashOf([artifact.key, wheel.sha256])));
  }

  source(hash: Sha, name: string): string {
    return join(this.root, 'sources', hash, name);
  }

  prepared(artifact: Artifact): string {
    return join(this.root, artifact.make, short(artifact.key));
  }

  run(job: Birth): string {
    return join(this.root, 'runs', runFolder(job));
  }

  /** The result that something begins with, which lies where its run was first started. */
  resultFor({ begins }: Pick<Resource, 'begins'>): string | undefined {
    return begins && join(this.root, resultPath(begins));
  }

  attempt(job: Birth, n: number): string {
    return join(this.run(job), 'attempts', String(n));
  }
}
