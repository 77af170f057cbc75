/** What becomes of a row in a template, and what two processes say to each other of it. */
import type { Example } from '../example.ts';
import { Refused } from './engine.ts';
import type { Rendered, Template, TemplateGiven, TemplateOptions } from './render.ts';
import { Unfit } from './render.ts';
import { Stopped, type StoppedBy } from './watch.ts';

/** `refused`: by the template itself; `failed`: the engine could not do what it asks. Both say why. */
export type Outcome =
  | { readonly rendered: Rendered }
  | { readonly unfit: string }
  | { readonly refused: string }
  | { readonly failed: string };

export type Request =
  | { readonly given: TemplateGiven; readonly options: TemplateOptions }
  | { readonly examples: readonly Example[] };

export type Reply =
  | { readonly opened: true }
  | { readonly syntax: string; readonly line: number }
  | { readonly outcomes: readonly Outcome[]; readonly stopped?: { readonly by: StoppedBy; readonly line?: number } };

const isTooLong = (caught: unknown) =>
  caught instanceof RangeError && /string length|array length/i.test(caught.message);

/** Throws Stopped. */
export function outcomeOf(template: Template, example: Example): Outcome {
  try {
    return { rendered: template.render(example) };
  } catch (caught) {
    if (caught instanceof Stopped) throw caught;
    if (isTooLong(caught)) throw new Stopped('size', undefined);
    const message = caught instanceof Error ? (caught.message.split('\n', 1)[0] ?? '') : String(caught);
    if (caught instanceof Unfit) return { unfit: message };
    return caught instanceof Refused ? { refused: message } : { failed: message };
  }
}
