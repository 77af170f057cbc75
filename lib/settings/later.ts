/** The side of the settings that needs zod, loaded when it is asked for the first time; `app.synth()` cannot wait. */
import { createRequire } from 'node:module';

type SchemaSide = typeof import('./side.ts');

let side: SchemaSide | undefined;

/** `#settings` is lib/settings/side.ts here, dist/settings/side.js in the published package (see lib/entry/sdk.js). */
export function schemaSide(): SchemaSide {
  side ??= createRequire(import.meta.url)('#settings') as SchemaSide;
  return side;
}
