/** `sft synth` whose program has run in this process: no command line to parse, so none is loaded. */
import type { ExitCode } from '../errors.ts';
import { type Context, styleOf } from './context.ts';
import { defaultSeconds, type Here, keep } from './early.ts';
import { tellFailure } from './failure.ts';
import { contextOf } from './opened.ts';
import { listenForSignals, openStreams } from './streams.ts';
import { synth } from './synth.ts';

/** `words`: the arguments after `synth`, names of stacks and --check. Never rejects. */
export async function plainSynth(words: readonly string[], here: Here): Promise<ExitCode> {
  // The build makes one file of this one and all that it needs: its early.ts is a copy, which has started nothing.
  keep(here);
  const { out, note, closed } = openStreams(here.stdout());
  const signal = listenForSignals();
  const fixed = {
    ...{ out, note, closed, signal },
    // Which of the two is a terminal is found out where there is something to colour.
    get style() {
      return styleOf(here.stdout());
    },
    get noteStyle() {
      return styleOf(process.stderr);
    },
  };
  const context: Context = contextOf(fixed, { programTimeout: defaultSeconds, context: {} });
  try {
    const stacks = words.filter((word) => word !== '--check');
    return await synth(context, stacks, { check: words.includes('--check') });
  } catch (error) {
    return tellFailure(error, { ...context, debug: false });
  }
}
