/** What bin/sft.js loads: the head start first, then the command line. */
import { begin, endUnused } from './early.ts';

/** Runs `sft` with the arguments after its name, and resolves to the exit code. Never rejects. */
export async function start(argv: readonly string[]): Promise<number> {
  begin(argv);
  const { main } = await import('./main.ts');
  try {
    return await main(argv);
  } finally {
    endUnused();
  }
}
