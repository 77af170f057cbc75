/** The last step of a user's program: hand the manifests to `sft`, or write the files. */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { exit, UserError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import { findingsText, plain } from '../finding-text.ts';
import type { Manifest } from '../manifest.ts';
import { writeFilesSync } from '../synth/write.ts';
import { readConfiguration } from './configuration.ts';
import { programContext } from './context.ts';
import type { Handed } from './said.ts';
import { sourcesIn } from './sources.ts';
import { ownFolder, ownVersion } from './version.ts';

/** Writes all of a text; a full pipe answers EAGAIN and is tried again. */
function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let from = 0; from < bytes.length; ) {
    try {
      from += writeSync(fd, bytes, from);
    } catch (caught) {
      if ((caught as { code?: string }).code !== 'EAGAIN') throw caught;
      Atomics.wait(pause, 0, 0, 5);
    }
  }
}

let delivered = false;

/** `findings` with an error: nothing is handed on but them. */
export function deliver(manifests: readonly Manifest[], findings: readonly Finding[]): void {
  const { channel, hand, project } = programContext();
  const twice: Finding[] = delivered
    ? [
        {
          id: 'stack/synth-twice',
          severity: 'error',
          where: {},
          message: 'This program calls synth() twice.',
          fix: 'Call app.synth() once, at the end.',
        },
      ]
    : [];
  delivered = true;
  const all = [...findings, ...twice];
  const wrong = all.some((finding) => finding.severity === 'error');
  const handed: Handed = wrong
    ? { kind: 'findings', findings: all }
    : { kind: 'manifests', manifests, from: { version: ownVersion(), folder: ownFolder } };
  if (hand) hand(handed);
  else if (channel !== undefined) writeAll(channel, `${JSON.stringify(handed)}\n`);
  else deliverAlone(project, manifests, all, wrong);
}

/** By `node` alone: what was found is told, and files are written. */
function deliverAlone(project: string, manifests: readonly Manifest[], all: readonly Finding[], wrong: boolean): void {
  if (all.length > 0) process.stderr.write(`${findingsText(all, plain, sourcesIn(project))}\n`);
  if (wrong) process.exitCode = exit.invalid;
  else writeStacks(project, manifests);
}

/** By `node` alone nobody else is there to tell of a full disk: it is said as `sft` would say it. */
function writeStacks(project: string, manifests: readonly Manifest[]): void {
  try {
    const { out } = readConfiguration(project);
    for (const manifest of manifests) writeFilesSync(join(project, out, manifest.stack), manifest.files);
  } catch (caught) {
    if (!(caught instanceof UserError)) throw caught;
    process.stderr.write(`${findingsText(caught.findings, plain, sourcesIn(project))}\n`);
    process.exitCode = caught.exit;
  }
}
