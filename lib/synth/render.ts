/** All files of a stack: those of each run, and those that are about the whole. Pure: the same input, the same bytes. */
import type { GeneratedFile, Manifest } from '../manifest.ts';
import { deepspeedEnv } from './deepspeed-env.ts';
import { deepspeedJson } from './deepspeed-json.ts';
import { hostfile } from './hostfile.ts';
import type { RunInput } from './input.ts';
import { launchSh } from './launch-sh.ts';
import { launchYaml } from './launch-yaml.ts';
import { manifestJson } from './manifest-json.ts';
import { overrideFiles } from './overrides.ts';
import { requirementsTxt } from './requirements.ts';
import { trainJson } from './train-json.ts';

/** The files of one run as its settings alone give them, named without its folder. */
export function renderPlain(input: RunInput): GeneratedFile[] {
  return [
    trainJson(input),
    ...deepspeedJson(input),
    ...hostfile(input.layout),
    deepspeedEnv(input),
    launchSh(input),
    requirementsTxt(input),
    // As it is, to the byte: train.json names its hash.
    ...(input.template === undefined
      ? []
      : [{ path: 'chat_template.jinja', content: input.template, mode: 0o644 } as const]),
  ];
}

/** The files of one run, in its folder below `synth/<stack>/`. */
export function renderRun(input: RunInput): GeneratedFile[] {
  const files = overrideFiles(renderPlain(input), input.settings.overrides);
  return files.map((file) => ({ ...file, path: `${input.address}/${file.path}` }));
}

/** `launch.yaml` and `manifest.json`, which lists `runs`: the files of all runs of the stack. */
export function renderStack(manifest: Omit<Manifest, 'files'>, runs: readonly GeneratedFile[]): GeneratedFile[] {
  const launch = launchYaml(manifest);
  return [manifestJson(manifest, [...runs, launch]), launch];
}
