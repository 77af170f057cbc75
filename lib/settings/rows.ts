/** The table of settings without its schemas: what identity, files and plans go by. */
import { baked } from './baked.ts';
import type { SettingRow } from './change.ts';
import { schemaSide } from './later.ts';

let rows: ReadonlyMap<string, SettingRow> | undefined;

/** Every setting by its path, in the order of the schemas. */
export function settingRows(): ReadonlyMap<string, SettingRow> {
  rows ??= new Map((baked?.rows ?? schemaSide().plainRows()).map((row) => [row.path, row]));
  return rows;
}

/** The row of the setting at or above a path: `warmup.steps` belongs to `warmup`. */
export function settingAt(path: string): SettingRow | undefined {
  const table = settingRows();
  const parts = path.split('.');
  while (parts.length > 0) {
    const row = table.get(parts.join('.'));
    if (row) return row;
    parts.pop();
  }
  return undefined;
}
