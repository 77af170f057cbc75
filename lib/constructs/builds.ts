/** Every FineTune of a tree, built once; one whose model is another run's result, after that one. */
import type { Finding, Where } from '../finding.ts';
import type { Element } from './element.ts';
import type { FineTune } from './fine-tune.ts';
import type { Inheritance } from './inherited.ts';
import { type Resolutions, whereOf } from './resolve.ts';
import { type BuiltRun, buildRun, type Failed } from './run.ts';
import { Stack } from './stack.ts';
import type { Upstream } from './upstream.ts';

type Built = BuiltRun | Failed;

const error = (id: string, where: Where, message: string, fix: string): Finding => ({
  id,
  severity: 'error',
  where,
  message,
  fix,
});

export function stackOf(element: Element): Stack | undefined {
  return element.node.scopes.find((scope) => scope instanceof Stack) as Stack | undefined;
}

const nameOf = (run: FineTune) => run.node.path;

export class Builds {
  readonly #resolutions: Resolutions;
  readonly #inheritance: Inheritance;
  readonly #built = new Map<FineTune, Built>();

  constructor(resolutions: Resolutions, inheritance: Inheritance) {
    this.#resolutions = resolutions;
    this.#inheritance = inheritance;
  }

  /** `path`: the runs that wait for this one's result. */
  of(run: FineTune, path: readonly FineTune[] = []): Built {
    const known = this.#built.get(run);
    if (known) return known;
    const built = this.#build(run, path);
    this.#built.set(run, built);
    return built;
  }

  #build(run: FineTune, path: readonly FineTune[]): Built {
    const stack = stackOf(run);
    if (!stack)
      return { failed: [error('stack/outside', whereOf(run), 'This FineTune is in no stack.', 'Make it in a Stack.')] };
    const upstream = this.#upstream(run, stack, path);
    return upstream && 'failed' in upstream
      ? upstream
      : buildRun(stack, run, this.#resolutions, this.#inheritance, upstream);
  }

  #upstream(run: FineTune, stack: Stack, path: readonly FineTune[]): Upstream | Failed | undefined {
    const resolved = this.#resolutions.runs.get(run);
    const start = resolved && this.#resolutions.starts.get(resolved.model);
    if (!resolved || !start) return undefined;
    const where = { ...whereOf(resolved.model), path: 'run' };
    const waiting = [...path, run];
    if (waiting.includes(start.run)) return { failed: [circle(waiting, start.run, where)] };
    if (stackOf(start.run) !== stack) return { failed: [elsewhere(run, start.run, where)] };
    const built = this.of(start.run, waiting);
    // What is wrong with that run is told once, at its own place.
    return 'failed' in built ? { failed: [] } : built.upstream;
  }
}

function circle(waiting: readonly FineTune[], again: FineTune, where: Where): Finding {
  const round = [...waiting.slice(waiting.indexOf(again)), again].map(nameOf).join(' -> ');
  const message = `This model is the result of a run that itself waits for it: ${round}.`;
  return error('model/circle', where, message, 'Begin one of these runs with another model.');
}

function elsewhere(run: FineTune, from: FineTune, where: Where): Finding {
  const own = run.node.root === from.node.root;
  const place = own ? (stackOf(from)?.node.path ?? 'no stack') : 'another App';
  const message = `The run ${nameOf(from)} is in ${own && stackOf(from) ? `stack ${place}` : place}, and ${nameOf(run)} is in stack ${stackOf(run)?.node.path}: one apply does not wait for another.`;
  const fix = 'Make both in one stack, or use Model.fromPath with the path that sft output prints.';
  return error('model/other-stack', where, message, fix);
}
