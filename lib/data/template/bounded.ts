/**
 * Renders a template that nobody here has read, a user's or a model's, in a process of its own, which is ended where a row
 * takes too long or too much memory. A thread would not do: a text that outgrows its memory ends all of Node.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Finding, Where } from '../../finding.ts';
import { startApart } from '../apart.ts';
import type { Example } from '../example.ts';
import type { Outcome, Reply, Request } from './outcome.ts';
import type { TemplateGiven, TemplateOptions } from './render.ts';
import { TemplateSyntax } from './tags.ts';
import type { Limits, StoppedBy } from './watch.ts';

export interface Bounds extends Limits {
  /** MiB that the process may hold. */
  readonly memory: number;
}

/** A row of ten million letters that a template goes through letter by letter takes a second or two. */
export const usualBounds: Bounds = { seconds: 10, size: 2 ** 26, memory: 512 };

/** What starting it may take on a machine that is busy. */
const secondsToStart = 30;
/** Beyond a row's own time: it ends by itself first, where it can, and says where. */
const secondsOfGrace = 2;

/** A row was given up. */
export class RowStopped extends Error {
  readonly by: StoppedBy;
  /** From 0, of the rows that were asked for. */
  readonly row: number;
  /** Of the template: the loop that was running, where that is known. */
  readonly line: number | undefined;
  constructor(by: StoppedBy, row: number, line?: number) {
    super(by === 'time' ? 'takes too long' : 'grows too large');
    this.by = by;
    this.row = row;
    this.line = line;
  }
}

export interface BoundedTemplate {
  /** One outcome a row. Throws RowStopped; other rows may be asked for then. One call at a time. */
  render(examples: readonly Example[]): Promise<readonly Outcome[]>;
  /** Ends the process. */
  close(): Promise<void>;
}

type Ended = { readonly by: StoppedBy; readonly line?: number };

class Bounded implements BoundedTemplate {
  readonly #request: Request;
  readonly #bounds: Bounds;
  #child: ChildProcess | undefined;

  constructor(given: TemplateGiven, options: TemplateOptions, bounds: Bounds) {
    const { seconds, size } = bounds;
    this.#request = { given, options: { ...options, limits: { seconds, size } } };
    this.#bounds = bounds;
  }

  /** Throws TemplateSyntax. */
  async open(): Promise<void> {
    this.#child = startApart(this.#bounds.memory);
    const reply = await this.#reply(this.#child, this.#request, secondsToStart);
    if ('by' in reply) throw new Error(`a process that renders templates could not be started (${reply.by})`);
    if (!('syntax' in reply)) return;
    await this.close();
    throw new TemplateSyntax(reply.syntax, reply.line);
  }

  async render(examples: readonly Example[]): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    const ended = await this.#ask(examples, outcomes);
    if (!ended) return outcomes;
    if (this.#child) throw new RowStopped(ended.by, outcomes.length, ended.line);
    // It was ended from outside, so that nobody knows at which row.
    for (const example of examples.slice(outcomes.length)) {
      const again = await this.#ask([example], outcomes);
      if (again) throw new RowStopped(again.by, outcomes.length, again.line);
    }
    return outcomes;
  }

  /** Adds to `outcomes`; returns what ended it before all were there. */
  async #ask(examples: readonly Example[], outcomes: Outcome[]): Promise<Ended | undefined> {
    const all = outcomes.length + examples.length;
    if (!this.#child) await this.open();
    const child = this.#child as ChildProcess;
    let request: Request | undefined = { examples };
    while (outcomes.length < all) {
      const reply: Reply | Ended = await this.#reply(child, request, this.#bounds.seconds + secondsOfGrace);
      request = undefined;
      if ('by' in reply) return reply;
      if (!('outcomes' in reply)) continue;
      outcomes.push(...reply.outcomes);
      if (reply.stopped) return reply.stopped;
    }
    return undefined;
  }

  /** The next thing that it says, or how it ended; then it is no more. */
  async #reply(child: ChildProcess, request: Request | undefined, seconds: number): Promise<Reply | Ended> {
    const ended = new AbortController();
    const { signal } = ended;
    const timer = setTimeout(() => ended.abort(), 1000 * seconds);
    const gone = () => ended.abort();
    child.once('exit', gone);
    try {
      if (!child.connected) return await this.#gone('size');
      const said = once(child, 'message', { signal });
      if (request) child.send(request, () => undefined);
      const [reply] = (await said) as [Reply];
      return reply;
    } catch (caught) {
      if (!signal.aborted) throw caught;
      return await this.#gone(child.exitCode === null && child.signalCode === null ? 'time' : 'size');
    } finally {
      clearTimeout(timer);
      child.off('exit', gone);
    }
  }

  async #gone(by: StoppedBy): Promise<Ended> {
    await this.close();
    return { by };
  }

  async close(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.ref();
    child.kill('SIGKILL');
    await ended;
  }
}

/** Throws TemplateSyntax. */
export async function openBounded(
  given: TemplateGiven,
  options: TemplateOptions,
  bounds: Bounds = usualBounds,
): Promise<BoundedTemplate> {
  const bounded = new Bounded(given, options, bounds);
  await bounded.open();
  return bounded;
}

/** `path`: of the template's file, where it is one. `row`: as messages name it. */
export function stoppedFinding({ by, line }: RowStopped, row: string, where: Where, path?: string): Finding {
  const name = path ?? 'The template';
  const at = path === undefined ? {} : { path: line === undefined ? path : `${path}:${line}` };
  const loop = line === undefined ? '' : ` in its loop at line ${line}`;
  const what = by === 'time' ? 'takes too long' : 'writes far too much';
  return {
    id: 'template/stopped',
    severity: 'error',
    where: { ...where, ...at },
    message: `${name} ${what}${loop}, and was stopped at ${row}.`,
    fix: 'Loop over the messages alone, and add to no text in a loop within a loop.',
  };
}
