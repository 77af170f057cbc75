import type { Construct } from 'constructs';
import type { Overrides } from '../settings/documents.ts';
import { Element } from './element.ts';
import { capture, type Position } from './position.ts';

/** What a `Stack` says for all that is in it. */
export interface StackProps {
  /** The default of `protect` for every run in the stack; a run's own `protect: false` counts before it. */
  readonly protect?: boolean | undefined;
  /** Values put into files of every run in the stack; what a run or a part of it says counts before. */
  readonly overrides?: Overrides | undefined;
}

/** A construct that has another path than before. */
export interface Rename {
  /** Its path below the stack, as it was. */
  readonly from: string;
  /** Its path below the stack, as it is. */
  readonly to: string;
}

/** One experiment: what is planned, applied and kept in one state. Its files are `synth/<id>/`. */
export class Stack extends Element {
  readonly #moves: { readonly given: unknown; readonly position: Position }[] = [];

  /**
   * Errors: `construct/name`, `construct/duplicate`, `construct/scope`.
   * @param scope - The App.
   * @param id - 1 to 63 letters, digits, `.`, `_`, `-`, a letter or digit first; a folder's name.
   * @param props - Default: nothing is said.
   */
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

  /**
   * What was declared, not yet checked.
   * @internal
   */
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
