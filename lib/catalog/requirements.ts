/** Which Python packages a run needs: no more than its settings use. Pinned in `pins.json`, which is resolved, not written. */
import pins from './pins.json' with { type: 'json' };

export interface Need {
  readonly device: 'cpu' | 'gpu';
  readonly deepspeed: boolean;
  /** bitsandbytes: quantised weights or an 8-bit optimizer. */
  readonly quantization: boolean;
  readonly trackers: readonly string[];
  readonly attention: string;
}

function featuresOf(need: Need): string[] {
  return [
    'base',
    ...(need.deepspeed ? ['deepspeed'] : []),
    ...(need.quantization ? ['bitsandbytes'] : []),
    ...(need.attention === 'flash_attention_2' ? ['flash-attention'] : []),
    ...need.trackers,
  ];
}

/** Runs differ in little of this. */
const texts = new Map<string, string>();

/** Lines for `pip install -r`, sorted, each a pin; a final newline. */
export function requirementsFor(need: Need): string {
  const features = featuresOf(need);
  const name = [need.device, ...features].join(' ');
  const known = texts.get(name);
  if (known !== undefined) return known;
  const platform: Readonly<Record<string, readonly string[]>> = need.device === 'cpu' ? pins.cpu : pins.cuda;
  const lines = new Set(features.flatMap((feature) => platform[feature] ?? []));
  const text = `${[...lines].sort().join('\n')}\n`;
  texts.set(name, text);
  return text;
}
