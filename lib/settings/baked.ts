/** The schemas as the build wrote them down. In a checkout there is no build, and zod's schemas are asked. */
import type { SettingRow } from './change.ts';
import type { SchemaName } from './schemas.ts';
import type { Shape } from './shape.ts';

export interface Baked {
  readonly shapes: Readonly<Record<SchemaName, Shape>>;
  readonly rows: readonly SettingRow[];
}

/** `scripts/build.js` puts the value here. */
export const baked: Baked | undefined = undefined;
