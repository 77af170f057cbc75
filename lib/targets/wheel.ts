/**
 * The trainer as a wheel, made from its sources with the same bytes on any machine. It travels in each bundle and is
 * imported from there (`PYTHONPATH=<wheel>`), so that a run needs no installed copy of ours; pip can install it too.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { type Sha, sha256 } from '../base/hash.ts';

export interface Wheel {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sha256: Sha;
}

/** Any fixed time will do; zip stores local time, so it is made from local parts. */
const time = new Date(1990, 0, 1, 12);

function sources(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === '__pycache__' ? [] : sources(folder, path);
    return entry.name.endsWith('.py') ? [path] : [];
  });
}

function versionOf(init: Buffer): string {
  const version = /^__version__ = "([0-9][\w.]*)"$/m.exec(init.toString())?.[1];
  if (version === undefined) throw new Error('the trainer’s __init__.py names no version');
  return version;
}

/** One line of RECORD: path, hash as urlsafe base64 without padding, size. */
function recorded([path, content]: readonly [string, Uint8Array]): string {
  return `${path},sha256=${createHash('sha256').update(content).digest('base64url')},${content.length}`;
}

/** `folder`: the Python package itself, whose name is the distribution's too. */
export function trainerWheel(folder: string): Wheel {
  const name = basename(folder);
  const version = versionOf(readFileSync(join(folder, '__init__.py')));
  const information = `${name}-${version}.dist-info`;
  const text = (...lines: string[]) => new TextEncoder().encode(`${lines.join('\n')}\n`);
  const files: [string, Uint8Array][] = sources(folder)
    .sort()
    .map((path) => [`${name}/${path}`, readFileSync(join(folder, path))]);
  files.push(
    [
      `${information}/METADATA`,
      text(
        'Metadata-Version: 2.1',
        `Name: ${name.replaceAll('_', '-')}`,
        `Version: ${version}`,
        'Summary: The part of cdksft that runs where the training runs.',
        'License: Apache-2.0',
        'Requires-Python: >=3.11',
      ),
    ],
    [
      `${information}/WHEEL`,
      text('Wheel-Version: 1.0', 'Generator: cdksft', 'Root-Is-Purelib: true', 'Tag: py3-none-any'),
    ],
  );
  const record = text(...files.map(recorded), `${information}/RECORD,,`);
  const entries: Zippable = {};
  // os 3 is Unix; the upper half of attrs is the mode, else some readers extract files that nobody may read.
  for (const [path, content] of [...files, [`${information}/RECORD`, record] as const])
    entries[path] = [content, { mtime: time, os: 3, attrs: (0o100644 << 16) >>> 0, level: 6 }];
  const bytes = zipSync(entries);
  return { name: `${name}-${version}-py3-none-any.whl`, bytes, sha256: sha256(bytes) };
}

/** Where this package keeps its trainer, in a checkout and when installed. */
export function trainerFolder(): string {
  return join(dirname(dirname(import.meta.dirname)), 'trainer', 'cdksft_trainer');
}
