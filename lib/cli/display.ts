/** Shows the engine's events: a live list on a terminal, plain lines elsewhere, JSON lines with --json. */
import { writeSync } from 'node:fs';
import type { EngineEvent } from '../base/events.ts';
import { printable } from '../base/printable.ts';
import type { ApplyLine } from '../report/event-line.ts';
import type { Context } from './context.ts';
import { printJson } from './print.ts';

export interface Display {
  emit(event: EngineEvent): void;
  /** Resolves when all that was emitted is shown. */
  close(): Promise<void>;
}

/** Events under Terraform's names, with our fields. */
function lineOf(event: EngineEvent): ApplyLine {
  if (event.kind === 'plan-step-begin') return { type: 'apply_start', ...event };
  if (event.kind === 'plan-step-progress') return { type: 'apply_progress', ...event };
  return { type: event.outcome === 'failed' ? 'apply_errored' : 'apply_complete', ...event };
}

function json(context: Context): Display {
  return {
    emit: (event) => printJson<'events'>(context, lineOf(event)),
    close: async () => undefined,
  };
}

function endText(event: Extract<EngineEvent, { kind: 'plan-step-end' }>): string {
  return event.message === undefined ? event.outcome : `${event.outcome}: ${event.message}`;
}

function lines(context: Context): Display {
  const titles = new Map<string, string>();
  return {
    emit: (event) => {
      if (event.kind === 'plan-step-begin') titles.set(event.address, event.title);
      const title = titles.get(event.address) ?? event.address;
      const text =
        event.kind === 'plan-step-begin' ? '...' : event.kind === 'plan-step-progress' ? event.line : endText(event);
      context.note(printable(`${title}: ${text}`));
    },
    close: async () => undefined,
  };
}

/** One open entry of the live list. */
interface Entry {
  readonly title: string;
  line: (text: string) => void;
  readonly end: (failure?: Error) => void;
  readonly ended: Promise<void>;
}

function entry(title: string): Entry {
  let end: Entry['end'] = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    end = (failure) => (failure ? reject(failure) : resolve());
  });
  return { title, line: () => undefined, end, ended };
}

function showCursor(): void {
  try {
    writeSync(1, '\u001b[?25h');
  } catch {
    // The terminal is gone.
  }
}

/** Steps begin one by one, so the list grows: each entry is a list of its own that is rendered at once. */
async function live(context: Context): Promise<Display> {
  const { Listr } = await import('listr2');
  const entries = new Map<string, Entry>();
  const waiting: Entry[] = [];
  let wake: () => void = () => undefined;
  let closed = false;
  const grow = async () => {
    while (!closed || waiting.length > 0) {
      const group = waiting.splice(0);
      if (group.length > 0)
        await new Listr(
          group.map((one) => ({
            title: printable(one.title),
            task: async (_, task) => {
              one.line = (text) => {
                task.output = printable(text);
              };
              await one.ended;
            },
          })),
          {
            concurrent: true,
            exitOnError: false,
            registerSignalListeners: false,
            rendererOptions: { showErrorMessage: true },
          },
        )
          .run()
          .catch(() => undefined);
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  };
  // The list hides the cursor: whoever leaves in the middle of it must not leave the terminal without one.
  process.once('exit', showCursor);
  const shown = grow();
  return {
    emit: (event) => {
      if (event.kind === 'plan-step-begin') {
        const one = entry(event.title);
        // What is not awaited yet must not count as unhandled.
        one.ended.catch(() => undefined);
        entries.set(event.address, one);
        waiting.push(one);
        wake();
      } else if (event.kind === 'plan-step-progress') entries.get(event.address)?.line(event.line);
      else if (event.outcome === 'done') entries.get(event.address)?.end();
      else {
        const one = entries.get(event.address);
        if (one) one.end(new Error(printable(endText(event))));
        else context.note(printable(`${event.address}: ${endText(event)}`));
      }
    },
    close: async () => {
      closed = true;
      for (const one of entries.values()) one.end();
      wake();
      await shown;
      process.off('exit', showCursor);
    },
  };
}

export async function openDisplay(context: Context): Promise<Display> {
  if (context.json) return json(context);
  return context.onTerminal && context.canAsk ? live(context) : lines(context);
}
