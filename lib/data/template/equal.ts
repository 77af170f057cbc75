/** Whether two values of the engine are the same. */

interface Value {
  readonly type: string;
  readonly value: unknown;
}

/** As Python's ==: the engine compares as JavaScript's == does, which holds '' and 0 to be the same. */
export function isEqual(a: Value, b: Value): boolean {
  const number = (one: Value) =>
    ['IntegerValue', 'FloatValue', 'BooleanValue'].includes(one.type) ? Number(one.value) : undefined;
  if (number(a) !== undefined || number(b) !== undefined) return number(a) === number(b);
  if (Array.isArray(a.value) && Array.isArray(b.value)) {
    const other = b.value as Value[];
    return a.value.length === other.length && (a.value as Value[]).every((one, at) => isEqual(one, other[at] as Value));
  }
  if (a.value instanceof Map && b.value instanceof Map) {
    const other = b.value as Map<string, Value>;
    const entries = [...(a.value as Map<string, Value>)];
    return (
      entries.length === other.size &&
      entries.every(([key, one]) => {
        const same = other.get(key);
        return same !== undefined && isEqual(one, same);
      })
    );
  }
  return a.type === b.type && a.value === b.value;
}
