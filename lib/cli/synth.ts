/** `sft synth`: writes `synth/<stack>/`; with --check it only compares. */
import { join } from 'node:path';
import { type ExitCode, exit } from '../errors.ts';
import type { Manifest } from '../manifest.ts';
import type { SynthesizedStack } from '../report/documents.ts';
import { compareFiles, writeFiles } from '../synth/write.ts';
import type { Context } from './context.ts';
import { printJson } from './print.ts';
import { type Loaded, loadValidStacks } from './programs.ts';
import { tell } from './tell.ts';

async function check({ manifests, configuration }: Loaded, context: Context): Promise<ExitCode> {
  const { differenceText } = await import('../report/difference.ts');
  const folders = manifests.map((manifest) => {
    const folder = `${configuration.out}/${manifest.stack}`;
    return { folder, differences: compareFiles(join(context.project, folder), manifest.files) };
  });
  const different = folders.filter(({ differences }) => differences.length > 0);
  if (context.json)
    printJson<'synth-check'>(context, {
      format_version: '1.0',
      differences: different.flatMap(({ folder, differences }) =>
        differences.map(({ path, before, after }) => ({
          path: `${folder}/${path}`,
          does: before === undefined ? 'add' : after === undefined ? 'remove' : 'change',
        })),
      ),
    });
  else for (const { folder, differences } of different) context.out(differenceText(differences, folder).trimEnd());
  if (different.length === 0) {
    context.note('What is written is what the stacks give.');
    return exit.done;
  }
  context.note(`${different.map(({ folder }) => folder).join(', ')}: not what the stacks give. Run: sft synth`);
  return exit.changes;
}

async function write({ manifests, configuration }: Loaded, context: Context, force: boolean): Promise<ExitCode> {
  const stacks: SynthesizedStack[] = [];
  for (const manifest of manifests) {
    const folder = `${configuration.out}/${manifest.stack}`;
    const result = await writeFiles(join(context.project, folder), manifest.files, { force });
    const counts = {
      written: result.written.length,
      unchanged: result.unchanged.length,
      removed: result.removed.length,
    };
    stacks.push({ stack: manifest.stack, folder, ...counts, kept: result.kept });
    if (!context.json)
      context.out(
        `${folder}/  ${counts.written} written, ${counts.unchanged} unchanged${counts.removed > 0 ? `, ${counts.removed} removed` : ''}`,
      );
    for (const path of result.kept) context.note(`${folder}/${path} is no longer made, but was edited: kept.`);
  }
  if (context.json) printJson<'synth'>(context, { format_version: '1.0', stacks });
  return exit.done;
}

export interface SynthOptions {
  readonly check?: boolean;
  readonly force?: boolean;
}

/** `refuse` throws where something else is asked of the stacks, before anything is written. */
export async function synth(
  context: Context,
  stacks: string[],
  options: SynthOptions,
  refuse?: (manifests: readonly Manifest[]) => void,
): Promise<ExitCode> {
  const loaded = await loadValidStacks(stacks, context);
  tell(loaded.findings, context);
  refuse?.(loaded.manifests);
  // The last moment at which Ctrl-C leaves everything as it was.
  context.signal.throwIfAborted();
  return options.check ? check(loaded, context) : write(loaded, context, options.force === true);
}
