import { distance } from 'fastest-levenshtein';

/** The known name that a misspelt one most likely means; undefined where none is near. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  let best: { name: string; cost: number } | undefined;
  for (const name of known) {
    const cost = distance(given.toLowerCase(), name.toLowerCase());
    if (!best || cost < best.cost) best = { name, cost };
  }
  // A third of the letters, at least two: beyond that a hint misleads.
  return best && best.cost <= Math.max(2, Math.floor(given.length / 3)) ? best.name : undefined;
}
