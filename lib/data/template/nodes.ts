/** What a template is parsed to. */

/** A node of the parsed template; which fields it has follows from its type. */
export interface Node {
  type: string;
  value?: unknown;
  body?: Node[];
  object?: Node;
  property?: Node;
  computed?: boolean;
  callee?: Node;
  args?: Node[];
  operand?: Node;
  filter?: Node;
  operator?: { readonly value: string };
  left?: Node;
  right?: Node;
  call?: Node;
  test?: Node;
  key?: Node;
}

/** Every node of a parsed template, as it is read: without recursion, for a sum of thousands is as deep. */
export function* nodesOf(root: unknown): Generator<Node> {
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (typeof node !== 'object' || node === null) continue;
    if (typeof (node as Node).type === 'string') yield node as Node;
    const parts: unknown[] = node instanceof Map ? [...node].flat() : Object.values(node);
    for (let at = parts.length - 1; at >= 0; at -= 1) waiting.push(parts[at]);
  }
}
