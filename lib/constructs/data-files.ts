/** Data files of the project: what a plan says of them. */
import { join } from 'node:path';
import { inspectFiles } from '../data/inspect.ts';
import type { Inspected } from '../data/inspection.ts';
import type { AskedShape } from '../data/mapped.ts';
import type { Where } from '../finding.ts';
import { programContext } from '../program/context.ts';
import { ownVersion } from '../program/version.ts';

/** What was found of large ones is kept in the project; a test that looks at what is made in memory leaves nothing. */
export function inspectData(paths: readonly string[], shape: AskedShape, where: Where): Inspected {
  const { project, inMemory } = programContext();
  const known = { path: join(project, '.sft', 'files.json'), version: ownVersion() };
  return inspectFiles(project, paths, shape, where, inMemory ? {} : { known });
}
