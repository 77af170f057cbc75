/** What can be said of a user's template before it meets a row. */
import { nearest } from '../../base/nearest.ts';
import type { Severity } from '../../finding.ts';
import { type Compiled, clock, compile } from './engine.ts';
import { type Node, nodesOf } from './nodes.ts';
import { hasGeneration } from './render.ts';
import { generation, printed, TemplateSyntax } from './tags.ts';

export interface TemplateFault {
  readonly id: string;
  readonly severity: Severity;
  /** Goes on from the template's name: "writes true or false". */
  readonly message: string;
  readonly fix: string;
  /** From 1; absent where it is not told. */
  readonly line?: number;
}

export interface Checked {
  readonly faults: readonly TemplateFault[];
  /** Whether it says what of a dialogue is the assistant's. */
  readonly marksAnswers: boolean;
}

const filters = 'abs bool capitalize default dictsort first float indent int items join keys last length list lower map'
  .split(' ')
  .concat('rejectattr replace reverse safe selectattr sort string title tojson trim unique upper values'.split(' '));
const tests = 'boolean callable defined eq equalto even false integer iterable lower mapping none number odd'
  .split(' ')
  .concat('string true undefined upper'.split(' '));

/** What the engines do in their own ways, beyond what is seen when a row is rendered. */
const ownWays: Readonly<Record<string, string>> = {
  title: 'the filter title',
  capitalize: 'the filter capitalize',
  dictsort: 'the filter dictsort',
  unique: 'the filter unique',
  float: 'the filter float',
};

type Told = Omit<TemplateFault, 'line'>;

const differs = (what: string): Told => ({
  id: 'template/engines',
  severity: 'warning',
  message: `uses ${what}, which engines do differently`,
  fix: 'Write text: tojson for a list or a dictionary, if and else for true, false and none.',
});

const constants: Readonly<Record<string, string>> = {
  true: 'true',
  false: 'false',
  none: 'none',
  True: 'true',
  False: 'false',
  None: 'none',
};

/** What is printed, where it can be told without a row. */
function printing(node: Node | undefined): string | undefined {
  if (node?.type === 'Identifier') return constants[String(node.value)];
  if (node?.type === 'FloatLiteral') return 'a number with a fraction';
  if (node?.type === 'ObjectLiteral') return 'a dictionary';
  if (node?.type === 'ArrayLiteral') return 'a list';
  if (node?.type === 'TupleLiteral') return 'a tuple';
  if (node?.type === 'TestExpression') return 'true or false';
  const operator = node?.type === 'BinaryExpression' || node?.type === 'UnaryExpression' ? node.operator?.value : '';
  const compares = ['==', '!=', '<', '>', '<=', '>=', 'in', 'not in', 'not'].includes(operator ?? '');
  return compares ? 'true or false' : undefined;
}

function ofFilter({ filter }: Node): Told | undefined {
  const called = filter?.type === 'CallExpression';
  const name = String((called ? filter?.callee : filter)?.value);
  if (!filters.includes(name)) return unknown('filter', name, filters);
  if (name === 'tojson' && filter?.args?.some(({ key }) => key?.value === 'sort_keys'))
    return differs('tojson with sort_keys');
  const own = ownWays[name];
  return own === undefined ? undefined : differs(own);
}

function unknown(kind: 'filter' | 'test', name: string, known: readonly string[]): Told {
  const near = nearest(name, known);
  const fix = near === undefined ? 'Do without it, if rows shall be shown and counted.' : `Did you mean ${near}?`;
  const message = `uses the ${kind} ${name}, which cannot be rendered here: the trainer alone will see its text`;
  return { id: 'template/unknown', severity: 'warning', message, fix };
}

function ofMember({ property, computed }: Node): Told | undefined {
  const named = property?.type === (computed ? 'StringLiteral' : 'Identifier') ? String(property?.value) : '';
  if (!named.startsWith('_')) return undefined;
  const fix = 'Read fields of the messages only.';
  const message = `reads ${named}, which no template may: it leads into the program that renders it`;
  return { id: 'template/attribute', severity: 'error', message, fix };
}

function ofNode(node: Node): Told | undefined {
  switch (node.type) {
    case 'MemberExpression':
      return ofMember(node);
    case 'FilterExpression':
      return ofFilter(node);
    case 'TestExpression': {
      const name = String(node.test?.value);
      return tests.includes(name) ? undefined : unknown('test', name, tests);
    }
    case 'Break':
    case 'Continue':
      return differs(node.type.toLowerCase());
    case 'Identifier':
      return node.value === clock
        ? {
            id: 'template/clock',
            severity: 'warning',
            message: `writes the date of the day: rows rendered on another day are other rows`,
            fix: 'Write the date that is meant.',
          }
        : undefined;
    default:
      return undefined;
  }
}

/** transformers counts letters up to a block of generation in what is written so far, and within these nothing is yet. */
const buffers: Readonly<Record<string, string>> = {
  Macro: 'a macro',
  Set: 'a set block',
  FilterStatement: 'a filter block',
  CallStatement: 'a call block',
};

function misplaced(root: Node): Told | undefined {
  for (const node of nodesOf(root)) {
    const place = node.call?.callee?.value === generation ? 'another generation' : buffers[node.type];
    if (place === undefined) continue;
    const inner = [...nodesOf(node.body ?? [])].some(({ call }) => call?.callee?.value === generation);
    if (!inner) continue;
    const message = `has {% generation %} within ${place}: the letters that it marks are counted wrong there`;
    return { id: 'template/generation', severity: 'error', message, fix: 'Write it outside.' };
  }
  return undefined;
}

function faultsOf({ root }: Compiled): TemplateFault[] {
  const found = new Map<string, TemplateFault>();
  const add = (told: Told | undefined, line: number | undefined) => {
    if (!told) return;
    const key = `${told.id} ${told.message}`;
    if (!found.has(key)) found.set(key, { ...told, ...(line === undefined ? {} : { line }) });
  };
  // What is printed has its line; what stands in a statement too is found there first.
  for (const node of nodesOf(root)) {
    if (node.callee?.value !== printed) continue;
    const [at, expression] = node.args ?? [];
    const line = at?.value as number;
    const what = printing(expression);
    add(what === undefined ? undefined : differs(what), line);
    for (const inner of nodesOf(expression)) add(ofNode(inner), line);
  }
  for (const node of nodesOf(root)) add(ofNode(node), undefined);
  add(misplaced(root), undefined);
  return [...found.values()];
}

export function checkTemplate(text: string): Checked {
  try {
    const compiled = compile(text);
    return { faults: faultsOf(compiled), marksAnswers: hasGeneration(compiled) };
  } catch (error) {
    if (!(error instanceof TemplateSyntax)) throw error;
    const fix = 'Correct the template.';
    const fault = { id: 'template/syntax', severity: 'error', message: `is no Jinja: ${error.message}`, fix } as const;
    return { faults: [{ ...fault, line: error.line }], marksAnswers: false };
  }
}
