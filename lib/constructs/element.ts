import { Construct } from 'constructs';
import { fail } from '../errors.ts';
import type { Finding, Where } from '../finding.ts';
import { shown } from '../settings/shown.ts';
import { otherConstructs, otherCopy } from './copy.ts';
import { type Below, capture, type Position } from './position.ts';

/** What a construct's own name may be: it becomes a folder's and an address's part. */
const grammar = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

interface Claim {
  readonly id: string;
  readonly wrong?: Pick<Finding, 'id' | 'message' | 'fix' | 'given'>;
}

/** The name of a user's own construct, which no check of ours has seen yet; it becomes a folder's all the same. */
function misnamed(scope: Construct): string | undefined {
  for (let { node } = scope; node.scope; node = node.scope.node) if (!grammar.test(node.id)) return node.id;
  return undefined;
}

/** A mistake in a name must not stop the others from being reported: a free name stands in until then. */
function claim(scope: Construct, id: unknown, kind: string): Claim {
  const free = () => `unnamed-${scope.node.children.length + 1}`;
  if (typeof id !== 'string' || !grammar.test(id))
    return {
      id: free(),
      wrong: {
        id: 'construct/name',
        given: shown(id),
        message: `The name of this ${kind} has a form that is not allowed.`,
        fix: 'Use 1 to 63 letters, digits, ".", "_" and "-", a letter or digit first.',
      },
    };
  const above = misnamed(scope);
  if (above !== undefined)
    return {
      id: scope.node.tryFindChild(id) ? free() : id,
      wrong: {
        id: 'construct/name',
        given: shown(above),
        message: `A construct that this ${kind} is in has a name of a form that is not allowed.`,
        fix: 'Use 1 to 63 letters, digits, ".", "_" and "-", a letter or digit first.',
      },
    };
  if (scope.node.tryFindChild(id))
    return {
      id: free(),
      wrong: {
        id: 'construct/duplicate',
        given: id,
        message: `There are two constructs named "${id}" in ${scope.node.path || 'the app'}.`,
        fix: 'Give one of them another name.',
      },
    };
  return { id };
}

/** A construct of ours: what was written, a place in the tree, and the line it was made on. It knows no files. */
export abstract class Element extends Construct {
  /**
   * What the user wrote, not yet checked: all mistakes of a program are reported together, by `synth()`.
   * @internal
   */
  readonly props: unknown;
  /** @internal */
  readonly position: Position;
  /** @internal */
  readonly naming: readonly Finding[];

  /** @internal */
  protected constructor(scope: Construct, id: string, props: unknown, kind: string, below: Below) {
    const position = capture(below);
    if (!(scope as unknown as object | undefined)?.constructor || !Construct.isConstruct(scope))
      throw fail(
        'construct/scope',
        `A ${kind} needs a stack or another construct as its first argument.`,
        `Write new ${kind}(stack, 'name', { ... }).`,
        { where: at(position()), given: shown(scope) },
      );
    const foreign = otherCopy(scope, kind, position);
    if (foreign) throw foreign;
    const claimed = claim(scope, id, kind);
    try {
      super(scope, claimed.id);
    } catch (caught) {
      throw scope instanceof Construct ? caught : otherConstructs(kind, position);
    }
    this.props = props;
    this.position = position;
    const { wrong } = claimed;
    this.naming = wrong
      ? [{ severity: 'error', where: { construct: `${scope.node.path}/${String(id)}`, ...at(position()) }, ...wrong }]
      : [];
  }

  /** @internal */
  where(): Where {
    return { construct: this.node.path, ...at(this.position()) };
  }
}

function at(position: string | undefined): Pick<Where, 'at'> {
  return position === undefined ? {} : { at: position };
}
