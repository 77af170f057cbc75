/** Which setting is there for what an override changes. */
import { type Override, pointed } from '../settings/documents.ts';
import { settingOf, settingsIn } from '../settings/filled.ts';
import { placeOf } from '../settings/overrides.ts';
import type { RunInput } from './input.ts';

/** The setting that is there for what an override changes; undefined where none is. */
export function typedAt(override: Override, input: RunInput): string | undefined {
  const { document, at } = override;
  if ((pointed as readonly string[]).includes(document))
    return (settingOf(placeOf(override)) ?? settingsIn(placeOf(override))[0])?.setting;
  if (document === 'hostfile') return input.layout.hosts.includes(at) ? 'cluster.gpus.perNode' : 'cluster.hosts';
  // A variable that nobody has set is not typed: overriding ours is what overrides are for.
  return document !== 'requirements.txt' && at in input.settings.environment ? 'environment' : undefined;
}
