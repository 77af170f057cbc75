/** Renames of addresses: where one leads, and which lead to one. */

/** A declared rename, of one construct or of all below it; paths below the stack. */
export interface Move {
  /** As it was. */
  readonly from: string;
  /** As it is. */
  readonly to: string;
}

/** A folder's rename is that of everything in it. */
export function isAtOrBelow(address: string, folder: string): boolean {
  return address === folder || address.startsWith(`${folder}/`);
}

/** The address that declarations lead to, one after the other. Each counts once, so that this ends. */
export function follow(address: string, moves: readonly Move[]): string {
  // The longest first: a run that was moved out of a folder does not go with the folder.
  const [move] = moves.filter(({ from }) => isAtOrBelow(address, from)).sort((a, b) => b.from.length - a.from.length);
  if (!move) return address;
  const rest = moves.filter((other) => other !== move);
  return follow(`${move.to}${address.slice(move.from.length)}`, rest);
}

/** Addresses that lead to this one, the nearest first. */
export function origins(address: string, moves: readonly Move[]): string[] {
  const found: string[] = [];
  const visit = (at: string, left: readonly Move[]) => {
    for (const move of left) {
      if (!isAtOrBelow(at, move.to)) continue;
      const before = `${move.from}${at.slice(move.to.length)}`;
      if (!found.includes(before) && before !== address && follow(before, moves) === address) found.push(before);
      visit(
        before,
        left.filter((other) => other !== move),
      );
    }
  };
  visit(address, moves);
  return found;
}
