// Types of @huggingface/jinja, as far as they are used: its own name files without their ends, which Node's way of
// resolving does not find (tsconfig.json, paths).

export interface Statement {
  readonly type: string;
}

export interface Token {
  readonly type: string;
  readonly value: string;
}

export interface RuntimeValue {
  readonly type: string;
  readonly value: unknown;
}

export declare class Environment {
  constructor(parent?: Environment);
  set(name: string, value: unknown): RuntimeValue;
}

export declare class Interpreter {
  constructor(environment?: Environment);
  run(program: Statement): RuntimeValue;
  evaluate(statement: Statement | undefined, environment: Environment): RuntimeValue;
}

export declare function tokenize(source: string): Token[];
export declare function parse(tokens: Token[]): Statement;
