/** What differs between committed files and those that the stacks give, as a unified diff. */
import { createTwoFilesPatch } from 'diff';
import type { Difference } from '../synth/write.ts';

const nothing = '/dev/null';

function header({ path, before, after, mode }: Difference): string {
  const name = `# ${path}`;
  if (before === undefined) return `${name}: missing\n`;
  if (after === undefined) return `${name}: no longer made\n`;
  return mode === undefined ? '' : `${name}: mode ${mode}\n`;
}

function body({ path, before, after }: Difference): string {
  if (before === after) return '';
  const from = before === undefined ? nothing : `a/${path}`;
  const to = after === undefined ? nothing : `b/${path}`;
  const patch = createTwoFilesPatch(from, to, before ?? '', after ?? '', '', '', { context: 3 });
  // The library begins each patch with a ruler; the tabs stand before the times that files would have.
  return patch.replace(/^=+\n/, '').replaceAll(/^((?:---|\+\+\+) .*?)\t$/gm, '$1');
}

/** Text for people and for `patch`; empty where nothing differs. `folder` is put before each path. */
export function differenceText(differences: readonly Difference[], folder = ''): string {
  return differences
    .map((difference) => ({ ...difference, path: folder === '' ? difference.path : `${folder}/${difference.path}` }))
    .map((difference) => header(difference) + body(difference))
    .join('');
}
