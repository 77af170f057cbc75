/** Passes over data files for one command: one at a time, none twice, and none that was made before. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { canonical } from '../base/json.ts';
import { EvidenceCache } from '../data/evidence/cache.ts';
import { evidenceOf, type Found } from '../data/evidence/evidence.ts';
import { type EvidenceRequest, pathsOf } from '../data/evidence/request.ts';
import { FileHashes } from '../data/file-hashes.ts';
import { sizeOf, UnreadFile } from '../data/review/reading.ts';
import { hubCache } from '../data/tokens/locate.ts';
import type { Context } from './context.ts';
import { Progress } from './data-inspect-progress.ts';
import { toolVersion } from './tool.ts';

export class EvidenceDesk {
  readonly #context: Context;
  readonly #folder: string;
  readonly #cache: EvidenceCache;
  readonly #found = new Map<string, Promise<Found>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: Context) {
    this.#context = context;
    this.#folder = join(context.project, '.sft', 'evidence');
    this.#cache = new EvidenceCache(this.#folder);
  }

  /** `paths`: where the files lie, where that is not where the settings say. */
  of(request: EvidenceRequest, workspace: string | undefined, paths = pathsOf(request)): Promise<Found> {
    const name = canonical(request);
    const known = this.#found.get(name);
    if (known) return known;
    const found = this.#last.then(() => this.#ask(request, workspace, paths));
    this.#last = found.catch(() => undefined);
    this.#found.set(name, found);
    return found;
  }

  async #ask(request: EvidenceRequest, workspace: string | undefined, paths: readonly string[]): Promise<Found> {
    const { project, signal } = this.#context;
    signal.throwIfAborted();
    const progress = new Progress(paths.reduce((sum, path) => sum + sizeOf(project, path), 0));
    const onProgress = (rows: number, done: number) => progress.tell(rows, done);
    // A folder of ours that git does not see.
    const hashes = new FileHashes(existsSync(this.#folder) ? join(this.#folder, 'hashes.json') : undefined);
    const places = { hub: hubCache(process.env, homedir()), ...(workspace === undefined ? {} : { workspace }) };
    const options = {
      project,
      paths,
      signal,
      onProgress,
      hashes,
      cache: this.#cache,
      version: toolVersion(),
      ...places,
    };
    try {
      return await evidenceOf(request, options);
    } catch (caught) {
      // It was there and whole a moment ago, when the program was run: apply will say so too.
      if (!(caught instanceof UnreadFile)) throw caught;
      return { evidence: { tokens: { unknown: caught.message } }, findings: [] };
    } finally {
      progress.end();
    }
  }
}
