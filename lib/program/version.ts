/** Which copy of cdksft this is: its folder and its version. A program's may be another one than the command's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Copy {
  readonly version: string;
  readonly folder: string;
}

/** The package's folder. */
export const ownFolder = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

let version: string | undefined;

export function ownVersion(): string {
  version ??= (JSON.parse(readFileSync(join(ownFolder, 'package.json'), 'utf8')) as { version: string }).version;
  return version;
}
