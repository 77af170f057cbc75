/** `requirements.txt`, read by pip: what this run needs and no more. */
import { requirementsFor } from '../catalog/requirements.ts';
import type { GeneratedFile } from '../manifest.ts';
import { heading } from './heading.ts';
import type { RunInput } from './input.ts';

export function requirementsTxt(input: RunInput): GeneratedFile {
  const { settings, layout } = input;
  const text = requirementsFor({
    device: layout.device,
    deepspeed: settings.zero !== undefined,
    // The 8-bit optimizers are bitsandbytes' too.
    quantization: settings.method.kind === 'qlora' || settings.optimizer.includes('8bit'),
    trackers: settings.trackers,
    attention: settings.attention,
  });
  return { path: 'requirements.txt', content: `# ${heading(input)}\n${text}`, mode: 0o644 };
}
