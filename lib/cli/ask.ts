/** The one question that is asked. */
import { createInterface } from 'node:readline/promises';
import { exit, fail } from '../errors.ts';
import type { Context } from './context.ts';

/** True where the person writes yes. Throws where nobody can be asked; `otherwise` says what to do then. */
export async function confirm(question: string, context: Context, otherwise: string): Promise<boolean> {
  if (!context.canAsk || context.json)
    throw fail(
      'confirm/no-terminal',
      'This has to be confirmed, and there is nobody to ask: this is no terminal.',
      otherwise,
      { exit: exit.error },
    );
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C in the question reaches readline, not the process.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const answer = await lines.question(`${question} Only "yes" does it: `, { signal: context.signal });
    return answer.trim() === 'yes';
  } finally {
    lines.close();
  }
}
