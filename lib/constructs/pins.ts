/** What the constructs of one program ask the lock file for: read once, and not at all where nobody asks. */
import type { Finding } from '../finding.ts';
import type { AskedPin } from '../manifest.ts';
import { commitOf, emptyLock, isCommit, type LockFile } from '../pins/lock-file.ts';
import { programContext } from '../program/context.ts';
import { readPins } from '../program/pins.ts';
import type { Element } from './element.ts';

export class Pins {
  readonly asked = new Map<Element, AskedPin>();
  readonly findings: Finding[] = [];
  #lock: LockFile | undefined;

  #read(): LockFile {
    if (this.#lock) return this.#lock;
    const read = readPins(programContext().project);
    if ('finding' in read) this.findings.push(read.finding);
    this.#lock = 'lock' in read ? read.lock : emptyLock;
    return this.#lock;
  }

  /** The settings with the commit that their name stands for, where that is known. */
  pinned<T extends { id: string; revision?: string | undefined }>(by: Element, kind: AskedPin['kind'], given: T): T {
    const { id, revision = 'main' } = given;
    if (isCommit(revision)) return given;
    const commit = commitOf(this.#read(), kind, id, revision);
    this.asked.set(by, { kind, id, revision, commit: commit ?? null });
    return commit === undefined ? given : { ...given, revision: commit };
  }
}
