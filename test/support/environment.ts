/** Gives a test's project the Python environment of the tests, so that it need not install torch again. */
import { mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Manifest } from '../../lib/manifest.ts';
import { python } from './python.ts';

/** Stands in for the environment that `synth/<stack>/manifest.json` below `folder` asks for. */
export function lendEnvironment(folder: string, stack: string, workspace = join(folder, '.sft', 'workspace')): void {
  const manifest = JSON.parse(readFileSync(join(folder, 'synth', stack, 'manifest.json'), 'utf8')) as Manifest;
  const needed = manifest.resources.filter((one) => one.life === 'artifact' && one.make === 'environment');
  const venv = dirname(dirname(python()));
  for (const artifact of needed) {
    const key = artifact.life === 'artifact' ? artifact.key : '';
    const place = join(workspace, 'environments', `${key.slice(0, 12)}-py3.11`);
    mkdirSync(place, { recursive: true });
    for (const part of ['bin', 'lib', 'pyvenv.cfg']) symlinkSync(join(realpathSync(venv), part), join(place, part));
    writeFileSync(join(place, 'environment.json'), JSON.stringify({ format: 1, key, python: '3.11' }));
  }
}
