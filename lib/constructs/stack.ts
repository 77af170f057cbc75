import type { Construct } from 'constructs';
import type { StackInput } from '../settings/stack.ts';
import { Element } from './element.ts';

export interface StackProps extends StackInput {
  /** The default of `protect` for every run in the stack; a run's own `protect: false` counts before it. */
  readonly protect?: boolean | undefined;
}

/** One experiment: what is planned, applied and kept in one state. Its files are `synth/<id>/`. */
export class Stack extends Element {
  /** `id`: 1 to 63 letters, digits, `.`, `_`, `-`; a folder's name. */
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props, 'Stack', new.target);
  }
}
