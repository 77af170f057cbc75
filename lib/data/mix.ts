/** How many rows of each part a mix takes. The trainer's twin is split.py: both count the same. */

/** One part: the rows that there are of it, and its proportion of the mix. */
export interface MixPart {
  readonly rows: number;
  readonly weight: number;
}

/** In the order in which Python adds them too, so that both have the same last bit. */
const sumOf = (parts: readonly MixPart[]) => parts.reduce((sum, { weight }) => sum + weight, 0);

/**
 * In the proportion of the weights, until one part is used up, or up to `most` rows. What is left over by rounding goes to
 * the parts with the largest remainders, the first of equal ones.
 */
export function mixCounts(parts: readonly MixPart[], most = Number.POSITIVE_INFINITY): number[] {
  const whole = sumOf(parts);
  const all = Math.min(most, ...parts.map(({ rows, weight }) => Math.floor((rows * whole) / weight)));
  const quotas = parts.map(({ weight }) => (all * weight) / whole);
  const counts = parts.map(({ rows }, at) => Math.min(rows, Math.floor(quotas[at] as number)));
  let left = all - counts.reduce((sum, count) => sum + count, 0);
  const remainder = (at: number) => (quotas[at] as number) - Math.floor(quotas[at] as number);
  for (const at of [...parts.keys()].sort((a, b) => remainder(b) - remainder(a) || a - b)) {
    if (left === 0 || counts[at] === parts[at]?.rows) continue;
    counts[at] = (counts[at] as number) + 1;
    left -= 1;
  }
  return counts;
}

/** The part of each mixed row, in the order of the mix: each part is spread evenly over all, the first part first. */
export function mixOrder(counts: readonly number[]): [part: number, row: number][] {
  const places = counts.flatMap((count, part) =>
    Array.from({ length: count }, (_, row) => ({ at: (row + 0.5) / count, part, row })),
  );
  return places.sort((a, b) => a.at - b.at || a.part - b.part).map(({ part, row }) => [part, row]);
}
