import type { Construct } from 'constructs';
import { Element } from './element.ts';

/** One experiment: what is planned, applied and kept in one state. Its files are `synth/<id>/`. */
export class Stack extends Element {
  /** `id`: 1 to 63 letters, digits, `.`, `_`, `-`; a folder's name. */
  constructor(scope: Construct, id: string) {
    super(scope, id, {}, 'Stack', new.target);
  }
}
