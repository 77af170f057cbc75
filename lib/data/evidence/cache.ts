/** Evidence that was found before, by what it follows from. Nothing rests on it: what is damaged or gone is found again. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, type Sha, short } from '../../base/hash.ts';
import { canonical, isObject } from '../../base/json.ts';
import type { DataFinding } from '../judge/finding.ts';
import type { DataEvidence } from './facts.ts';

/** What one pass over the rows has found. */
export interface Passed {
  readonly tokens: DataEvidence['tokens'];
  readonly findings: readonly DataFinding[];
}

/** Files in the folder; of more, those that were used longest ago are removed. */
const most = 200;
const evidenceName = /^[0-9a-f]{12}\.json$/;
/** One that a process left behind when it was killed. */
const staleMs = 3_600_000;

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** A folder that cannot be written to costs time, and nothing else. */
function quietly(act: () => void): void {
  try {
    act();
  } catch (caught) {
    if (typeof (caught as { code?: unknown }).code !== 'string') throw caught;
  }
}

export class EvidenceCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  #path(key: Sha): string {
    return join(this.#folder, `${short(key)}.json`);
  }

  read(key: Sha): Passed | undefined {
    const path = this.#path(key);
    const value = parsed(path);
    if (!isObject(value)) return undefined;
    const { hash, ...body } = value;
    if (body.key !== key || hashOf(body) !== hash) return undefined;
    const now = new Date();
    quietly(() => utimesSync(path, now, now));
    return body.passed as Passed;
  }

  /** Written beside and renamed: two at once write the same. */
  write(key: Sha, passed: Passed): void {
    const body = { key, passed };
    quietly(() => {
      if (mkdirSync(this.#folder, { recursive: true }) !== undefined)
        writeFileSync(join(this.#folder, '.gitignore'), '*\n');
      const beside = join(this.#folder, `.${randomUUID()}.tmp`);
      writeFileSync(beside, `${canonical({ ...body, hash: hashOf(body) })}\n`);
      renameSync(beside, this.#path(key));
      this.#trim();
    });
  }

  #trim(): void {
    const names = readdirSync(this.#folder);
    const used = (name: string) => statSync(join(this.#folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const isLeft = (name: string) => name.endsWith('.tmp') && used(name) < Date.now() - staleMs;
    const kept = names.filter((name) => evidenceName.test(name));
    const oldest = kept.length > most ? kept.sort((a, b) => used(a) - used(b)).slice(0, kept.length - most) : [];
    for (const name of [...names.filter(isLeft), ...oldest]) rmSync(join(this.#folder, name), { force: true });
  }
}
