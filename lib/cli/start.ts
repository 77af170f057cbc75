/** What bin/sft.js loads: the head start first, then the command line. */
import { wasCut } from '../program/here.ts';
import { begin, endUnused } from './early.ts';

/** Runs `sft` with the arguments after its name, and resolves to the exit code. Never rejects. */
export async function start(argv: readonly string[]): Promise<number> {
  const here = begin(argv);
  try {
    if (!here) return await (await import('./main.ts')).main(argv);
    const { plainSynth } = await import('./plain.ts');
    // Until then the streams, and signals, are the program's.
    await here.outcome;
    const code = await plainSynth(argv.slice(1), here);
    return wasCut() ? process.exit(code) : code;
  } finally {
    endUnused();
  }
}
