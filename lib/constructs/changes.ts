/** Settings of a construct that were changed after it was made, each with the line that did it. */
import type { Position } from './position.ts';

export interface SettingChange {
  readonly keys: readonly string[];
  readonly value: unknown;
  /** Counts only where nothing was written. */
  readonly isDefault: boolean;
  readonly position: Position;
}

type Plain = Record<string, unknown>;

/** A construct among the props is a value, not an object to look into. */
function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function changed(node: unknown, keys: readonly string[], change: SettingChange): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return change.isDefault && node !== undefined ? node : change.value;
  const object = isPlain(node) ? node : {};
  const own = Object.hasOwn(object, key) ? object[key] : undefined;
  return { ...object, [key]: changed(own, rest, change) };
}

/** A copy: what was written may be shared by several constructs. */
export function withChanges(written: unknown, changes: readonly SettingChange[]): unknown {
  return changes.reduce((props, change) => changed(props, change.keys, change), written);
}

function at(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => (isPlain(inner) ? inner[key] : undefined), value);
}

/** The last change of what a message is about. A default that did not count has no part in it. */
export function changeOf(
  path: string | undefined,
  written: unknown,
  changes: readonly SettingChange[],
): SettingChange | undefined {
  if (path === undefined) return undefined;
  const touches = ({ keys }: SettingChange) => {
    const own = keys.join('.');
    return path === own || path.startsWith(`${own}.`) || own.startsWith(`${path}.`);
  };
  const counts = (change: SettingChange, index: number) =>
    !change.isDefault || at(withChanges(written, changes.slice(0, index)), change.keys) === undefined;
  return changes.findLast((change, index) => touches(change) && counts(change, index));
}
