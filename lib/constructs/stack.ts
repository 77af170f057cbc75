import type { Construct } from 'constructs';
import type { StackInput } from '../settings/stack.ts';
import { Element } from './element.ts';
import { capture, type Position } from './position.ts';

export interface StackProps extends StackInput {
  /** The default of `protect` for every run in the stack; a run's own `protect: false` counts before it. */
  readonly protect?: boolean | undefined;
}

export interface Rename {
  readonly from: string;
  readonly to: string;
}

/** One experiment: what is planned, applied and kept in one state. Its files are `synth/<id>/`. */
export class Stack extends Element {
  readonly #moves: { readonly given: unknown; readonly position: Position }[] = [];

  /** `id`: 1 to 63 letters, digits, `.`, `_`, `-`; a folder's name. */
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props, 'Stack', new.target);
  }

  /**
   * Says that a construct was renamed, or moved to another place in the stack: paths below the stack, `old/path`. What is
   * recorded of the run, or of all runs below, stays theirs. Harmless once applied; docs/constructs.md.
   */
  moved(rename: Rename): this {
    this.#moves.push({ given: rename, position: capture(this.moved) });
    return this;
  }

  /** What was declared, not yet checked. */
  get moves(): readonly { readonly given: unknown; readonly position: Position }[] {
    return this.#moves;
  }
}

/** The stack that a construct is in, and its path below it: of a construct in no stack its whole path. */
export function placeOf({ node }: Element): { readonly stack: string; readonly address: string } {
  const stack = node.scopes.find((scope) => scope instanceof Stack);
  const prefix = stack ? `${stack.node.path}/` : '';
  return { stack: stack?.node.id ?? '', address: node.path.slice(prefix.length) };
}
