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

interface Package {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

let own: Package | undefined;

function ownPackage(): Package {
  own ??= JSON.parse(readFileSync(join(ownFolder, 'package.json'), 'utf8')) as Package;
  return own;
}

export const ownVersion = (): string => ownPackage().version;

/** The version of a package that this one was made with. */
export const versionOf = (dependency: string): string => ownPackage().dependencies[dependency] ?? 'unknown';
