/** A test that cannot run here: says why, and is counted by the runner. Only for a missing capability. */
export function skip(name: string, reason: string): void {
  process.stdout.write(`skip: ${name}: ${reason}\n`);
}
