/** Runs a program again with the recorded values of what it ignores, so that all that follows from them is made anew. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '../apply/load.ts';
import type { Manifest } from '../manifest.ts';
import { ignoredChanges } from '../plan/ignore.ts';
import { jobsOf } from '../plan/match.ts';
import { type Kept, keptVariable } from '../program/kept.ts';
import type { Target } from '../targets/target.ts';
import type { Context } from './context.ts';
import { readOffline } from './offline.ts';
import { loadValidStacks } from './programs.ts';
import { stateFolder } from './recorded.ts';

async function again({ stack, program }: Manifest, kept: Kept, context: Context): Promise<Manifest | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'sft-kept-'));
  try {
    const path = join(folder, 'kept.json');
    writeFileSync(path, JSON.stringify(kept), { mode: 0o600 });
    const variables = { ...context.variables, [keptVariable]: path };
    const { manifests } = await loadValidStacks([join(context.project, program)], { ...context, variables });
    return manifests.find((manifest) => manifest.stack === stack);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The manifest as it is to be planned; `target`: where the state's open ends are looked up, absent with `--no-refresh`. */
export async function keepingIgnored(
  manifest: Manifest,
  target: Target | undefined,
  context: Context,
): Promise<Manifest> {
  if (!jobsOf(manifest).some((job) => job.ignoreChanges)) return manifest;
  const folder = stateFolder(context.project, manifest.stack);
  const { recorded } = target ? (await load(folder, target)).recovered : await readOffline(folder);
  const ignored = ignoredChanges(manifest, recorded);
  if (Object.keys(ignored).length === 0) return manifest;
  return (await again(manifest, { [manifest.stack]: ignored }, context)) ?? manifest;
}
