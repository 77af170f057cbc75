/** `hostfile`, read by DeepSpeed's launcher: rank order is line order. One host needs none. */
import type { GeneratedFile, Layout } from '../manifest.ts';

/**
 * Only `host slots=n` lines: DeepSpeed would pass over comments and anything after the digits, but the same form is
 * read by other launchers, which would not.
 */
export function hostfile({ hosts, processesPerHost }: Layout): GeneratedFile[] {
  if (hosts.length < 2) return [];
  const lines = hosts.map((host) => `${host} slots=${processesPerHost}\n`);
  return [{ path: 'hostfile', content: lines.join(''), mode: 0o644 }];
}
