/** Renders a Jinja template as transformers does: @huggingface/jinja, corrected where it is not Python. */
import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import { dateText } from './clock.ts';
import { isEqual } from './equal.ts';
import { allMarks, type Marks, withoutMarks } from './marks.ts';
import { type Node, nodesOf } from './nodes.ts';
import { type Side, strip } from './python.ts';
import { repr } from './repr.ts';
import { lineOfError } from './syntax-line.ts';
import { generation, printed, readTags, TemplateSyntax } from './tags.ts';
import { type Limits, Watch } from './watch.ts';

/** A value of the engine, told by its type. */
type Value = ReturnType<Interpreter['evaluate']>;

/** What was written that engines write differently. */
export interface Difference {
  /** Line of the template; absent where it is not told. */
  readonly line?: number;
  readonly what: string;
}

export interface Written {
  readonly text: string;
  /** What stands in blocks of `generation`: pairs of offsets, in UTF-16 units, in order, not overlapping. */
  readonly trained: readonly (readonly [number, number])[];
  /** The same as transformers tells them: each block as it ends, an empty one too; one within another as if it began with that. */
  readonly blocks: readonly (readonly [number, number])[];
  readonly differences: readonly Difference[];
}

/** Thrown by the template itself, by raise_exception: the row is not one that it takes. */
export class Refused extends Error {}

export interface Compiled {
  readonly root: Node;
  /** Throws Refused, or an error of the engine. */
  readonly write: (variables: Readonly<Record<string, unknown>>) => Written;
}

/** As the sandbox of Python's Jinja: more is an error there too. */
const longestRange = 100_000;

function range(start: number, stop?: number, step = 1): number[] {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  const count = Math.ceil((to - from) / step);
  if (count > longestRange) throw new Error(`range of ${count} steps: more than ${longestRange} are not allowed`);
  return Array.from({ length: Math.max(0, count) }, (_, index) => from + index * step);
}

/** What transformers gives templates to ask for the date. */
export const clock = 'strftime_now';

const kinds: Readonly<Record<string, string>> = {
  BooleanValue: 'true or false',
  NullValue: 'none',
  FloatValue: 'a number with a fraction',
  ObjectValue: 'a dictionary',
  NamespaceValue: 'a namespace',
  ArrayValue: 'a list',
  TupleValue: 'a tuple',
};

const loopOverText = 'Expected iterable or object type in for loop: got StringValue';

const wrap = (value: unknown) => new Environment().set('value', value);

class Pythonic extends Interpreter {
  readonly #root: unknown;
  readonly #marks: Marks;
  readonly #watch: Watch | undefined;
  readonly differences = new Map<string, Difference>();
  blocks = 0;

  constructor(environment: Environment, root: unknown, marks: Marks, watch: Watch | undefined) {
    super(environment);
    this.#root = root;
    this.#marks = marks;
    this.#watch = watch;
  }

  override evaluate(node: Node | undefined, environment: Environment): Value {
    if (!node) return super.evaluate(node, environment);
    this.#watch?.before(node);
    const value = this.#own(node, environment) ?? super.evaluate(node, environment);
    this.#watch?.after(node, value.value);
    return value;
  }

  #own(node: Node, environment: Environment): Value | undefined {
    switch (node.type) {
      case 'Program':
        // The body of a loop, each time anew: what one turn sets, the next must not see.
        return node === this.#root ? undefined : super.evaluate(node, new Environment(environment));
      case 'CallExpression':
        return this.#call(node, environment);
      case 'CallStatement':
        return node.call?.callee?.value === generation ? this.#block(node, environment) : undefined;
      case 'FilterExpression':
        return this.#filter(node, environment);
      case 'For':
        return this.#loop(node, environment);
      case 'BinaryExpression':
        return this.#binary(node, environment);
      default:
        return undefined;
    }
  }

  /** Python would go through its letters, and a template of images and text write nothing of it. */
  #loop(node: Node, environment: Environment): Value {
    try {
      return super.evaluate(node, environment);
    } catch (error) {
      if ((error as Error).message !== loopOverText) throw error;
      throw new Error('it loops over a text, letter by letter: it takes content in parts, as of images');
    }
  }

  #value(node: Node | undefined, environment: Environment): Value {
    return this.evaluate(node, environment);
  }

  #call(node: Node, environment: Environment): Value | undefined {
    const { callee, args = [] } = node;
    if (callee?.value === clock) this.differences.set(clock, { what: 'the date of the day' });
    if (callee?.value === printed) {
      const [line, expression] = args;
      return wrap(this.#text(this.#value(expression, environment), line?.value as number));
    }
    const side = callee?.type === 'MemberExpression' && !callee.computed ? callee.property?.value : undefined;
    if (side !== 'strip' && side !== 'lstrip' && side !== 'rstrip') return undefined;
    const object = this.#value(callee?.object, environment);
    if (object.type !== 'StringValue') return undefined;
    return this.#strip(object, side, args, environment);
  }

  #strip(object: Value, side: Side, args: readonly Node[], environment: Environment): Value {
    const letters = args[0] && this.#value(args[0], environment);
    const given = letters?.type === 'StringValue' ? String(letters.value) : undefined;
    return wrap(strip(String(object.value), side, given));
  }

  #filter({ operand, filter }: Node, environment: Environment): Value | undefined {
    const name = (filter?.type === 'CallExpression' ? filter.callee : filter)?.value;
    if (name !== 'trim' && name !== 'length' && name !== 'string') return undefined;
    const object = this.#value(operand, environment);
    if (name === 'string') return wrap(this.#text(object));
    if (object.type !== 'StringValue') return undefined;
    if (name === 'length') return wrap([...String(object.value)].length);
    return this.#strip(object, 'strip', filter?.args ?? [], environment);
  }

  #binary({ operator, left, right }: Node, environment: Environment): Value | undefined {
    switch (operator?.value) {
      case '==':
        return wrap(isEqual(this.#value(left, environment), this.#value(right, environment)));
      case '!=':
        return wrap(!isEqual(this.#value(left, environment), this.#value(right, environment)));
      case '~':
        return wrap(this.#text(this.#value(left, environment)) + this.#text(this.#value(right, environment)));
      case '+':
        return this.#sum(this.#value(left, environment), this.#value(right, environment));
      default:
        return undefined;
    }
  }

  /** Python adds no number to a text. */
  #sum(left: Value, right: Value): Value | undefined {
    const texts = [left, right].filter(({ type }) => type === 'StringValue').length;
    if (texts === 2) return wrap(String(left.value) + String(right.value));
    if (texts === 0) return undefined;
    const other = left.type === 'StringValue' ? right : left;
    throw new Error(
      `cannot add text and ${kinds[other.type] ?? (other.type === 'UndefinedValue' ? 'what is not there' : 'a number')}`,
    );
  }

  #block({ body = [] }: Node, environment: Environment): Value {
    this.blocks += 1;
    const text = this.#value({ type: 'Program', body }, environment).value;
    return wrap(this.#marks[0] + text + this.#marks[1]);
  }

  /** As Python prints it; what other engines print otherwise is noted. */
  #text(value: Value, line?: number): string {
    const { type } = value;
    if (type === 'StringValue') return String(value.value);
    if (type === 'UndefinedValue') return '';
    const kind = type === 'IntegerValue' && !Number.isSafeInteger(value.value) ? 'a huge number' : kinds[type];
    if (kind) this.differences.set(`${line} ${kind}`, { ...(line === undefined ? {} : { line }), what: kind });
    return type in kinds ? repr(value) : String(value);
  }
}

function environmentOf(variables: Readonly<Record<string, unknown>>): Environment {
  const environment = new Environment();
  const refuse = (message: string) => {
    throw new Refused(message);
  };
  const constants = { true: true, false: false, none: null, True: true, False: false, None: null };
  const given = { ...constants, raise_exception: refuse, range, [clock]: dateText, ...variables };
  for (const [name, value] of Object.entries(given)) environment.set(name, value);
  return environment;
}

/** `limits`: of a template that nobody here has read; writing it throws Stopped then. Throws TemplateSyntax. */
export function compile(template: string, limits?: Limits): Compiled {
  const tags = readTags(template);
  let program: ReturnType<typeof parse>;
  try {
    program = parse(tokenize(tags.text));
  } catch (error) {
    const { line, message } = lineOfError(tags, error);
    throw new TemplateSyntax(message, line);
  }
  const loops = new Map<Node, number>();
  for (const node of nodesOf(program)) {
    if (node.type !== 'For') continue;
    node.body = [{ type: 'Program', body: node.body ?? [] }];
    loops.set(node, tags.loops[loops.size] ?? 1);
  }
  const write = (variables: Readonly<Record<string, unknown>>): Written => {
    const watch = limits && new Watch(limits, loops);
    for (const marks of allMarks()) {
      const interpreter = new Pythonic(environmentOf(variables), program, marks, watch);
      const marked = String(interpreter.run(program).value);
      const found = withoutMarks(marked, marks, interpreter.blocks);
      if (found) return { ...found, differences: [...interpreter.differences.values()] };
    }
    throw new Error('the row holds every letter of the private-use area');
  };
  return { root: program, write };
}
