/** Debian's Chromium without a window, as a page's reader: it loads a file, runs what is in it, and says what came of it. */
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

const program = 'chromium';

/** It may run as root (in a container), needs no display, and asks nobody: each run has a profile of its own. */
const flags = (profile: string) => [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-extensions'],
  ...[`--user-data-dir=${profile}`, '--window-size=900,1200'],
];

export function hasBrowser(): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

export interface Visit {
  /** The document as it stands after everything in it has run. */
  readonly dom: string;
  readonly err: string;
  readonly code: number | null;
}

/** `profile`: an empty folder. `picture`: where the page is written as an image. */
export function visit(page: string, profile: string, picture: string): Visit {
  const args = [...flags(profile), '--dump-dom', `--screenshot=${picture}`, pathToFileURL(page).href];
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8', timeout: 120_000 });
  return { dom: stdout, err: stderr, code: status };
}
