/** The other side of `bounded.ts`: renders the rows that it is asked for, in a process of its own. */
import type { Example } from '../example.ts';
import { type Outcome, outcomeOf, type Reply, type Request } from './outcome.ts';
import { openTemplate, type Template } from './render.ts';
import { TemplateSyntax } from './tags.ts';
import { Stopped } from './watch.ts';

type Answer = (reply: Reply) => void;

/** Milliseconds, after which what is there is answered: so long silence means that a row takes its time. */
const silence = 100;

function open({ given, options }: Extract<Request, { given: unknown }>, answer: Answer): Template | undefined {
  try {
    const template = openTemplate(given, options);
    answer({ opened: true });
    return template;
  } catch (caught) {
    if (!(caught instanceof TemplateSyntax)) throw caught;
    answer({ syntax: caught.message, line: caught.line });
    return undefined;
  }
}

async function render(template: Template, examples: readonly Example[], answer: Answer): Promise<void> {
  let outcomes: Outcome[] = [];
  let said = performance.now();
  for (const example of examples) {
    try {
      outcomes.push(outcomeOf(template, example));
    } catch (caught) {
      if (!(caught instanceof Stopped)) throw caught;
      const { by, line } = caught;
      answer({ outcomes, stopped: { by, ...(line === undefined ? {} : { line }) } });
      return;
    }
    if (performance.now() - said < silence) continue;
    answer({ outcomes });
    outcomes = [];
    // It is sent before the next row may take its time.
    await new Promise(setImmediate);
    said = performance.now();
  }
  answer({ outcomes });
}

/** `answer`: to the one who asks. */
export function serveTemplate(answer: Answer): (request: Request) => void {
  let template: Template | undefined;
  return (request) => {
    if ('given' in request) template = open(request, answer);
    else if (template) void render(template, request.examples, answer);
  };
}
