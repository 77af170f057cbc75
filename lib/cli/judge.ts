/** What a program said and how it ended, as manifests or as findings. Pure. */
import type { Finding } from '../finding.ts';
import { type Manifest, manifestFormat } from '../manifest.ts';
import type { ProgramOutcome, Said, Thrown } from '../program/said.ts';
import { type Copy, ownFolder, ownVersion } from '../program/version.ts';

export interface Judged {
  readonly manifests: readonly Manifest[];
  readonly findings: readonly Finding[];
}

function problem(id: string, at: string | undefined, message: string, fix: string): Finding {
  return { id: `program/${id}`, severity: 'error', where: at === undefined ? {} : { at }, message, fix };
}

/** Of a deep recursion the first few callers tell as much as all. */
const mostCallers = 5;

/** What to write instead of TypeScript that cannot be stripped, by the words of Node's message. */
const instead: readonly (readonly [pattern: RegExp, what: string, fix: string])[] = [
  [
    /\benum\b/,
    'An enum',
    "Write a union of strings, type Colour = 'red' | 'blue', or a table, const colours = { red: 'red' } as const.",
  ],
  [
    /parameter property/,
    'A parameter property',
    'Declare the field in the class and set it in the constructor: this.name = name.',
  ],
  [
    /namespace|module declaration|`module` keyword/,
    'A namespace',
    'Move what it holds into a file of its own and import that.',
  ],
  [/import equals/, 'import x = require()', "Write import x from '...' or import * as x from '...'."],
  [/export assignment|export =/, 'export =', 'Write export { name }.'],
  [/type assertion|angle/i, 'A type assertion in angle brackets', 'Write value as Type.'],
];

function unstrippable(thrown: Thrown, at: string): Finding {
  const [, what = 'This TypeScript', fix = 'Write it in TypeScript whose types can be taken out.'] =
    instead.find(([pattern]) => pattern.test(thrown.message)) ?? [];
  const message = `${what} is TypeScript that Node cannot run: it would need more than taking the types out.`;
  return problem('typescript', at, message, fix);
}

/** Node reads no `paths` of tsconfig.json; a name with a scope may be meant so, and one with an ending surely is. */
function adviceOnPackage(name: string): string {
  const path = name.replace(/^[@~]?[^/]*\//, '');
  const ownWay = `write "imports": { "#own/*": "./*" } into package.json and import '#own/${path}'`;
  if (/^[@~]\/|\.[cm]?[jt]sx?$/.test(name)) return `An alias of tsconfig.json is not read by Node: ${ownWay}.`;
  const install = `Run: npm install ${name.split('/', name.startsWith('@') ? 2 : 1).join('/')} (or pnpm add, yarn add)`;
  return name.startsWith('@') ? `${install}; or, where it is an alias of tsconfig.json, ${ownWay}.` : install;
}

/** Of what Node itself refuses to look up: a name that "imports" or "exports" of a package.json does not have. */
const unmapped = ['ERR_PACKAGE_IMPORT_NOT_DEFINED', 'ERR_PACKAGE_PATH_NOT_EXPORTED'];

function missingImport(thrown: Thrown, program: string): Finding {
  const [, kind = 'module', name = ''] = /^Cannot find (module|package) '([^']+)'/.exec(thrown.message) ?? [];
  const at = thrown.frames[0] ?? program;
  if (kind === 'package' || !name.includes('/')) {
    const message = `The package "${name}", which is imported here, is not installed.`;
    return problem('import', at, message, adviceOnPackage(name));
  }
  const file = name.split('/').at(-1) ?? name;
  const fix = /\.[cm]?[jt]sx?$/.test(file)
    ? 'Correct the path, or make the file.'
    : `Correct the path; Node wants the ending written out: '.../${file}.ts'.`;
  return problem('import', at, `The file "${file}", which is imported here, does not exist.`, fix);
}

/** Files that are there, and that Node does not load as they are, by the code of its error. */
const unloadable: Readonly<Record<string, readonly [message: string, fix: string]>> = {
  ERR_UNKNOWN_FILE_EXTENSION: [
    'Node cannot load a file of this ending: $.',
    'Name it .ts, .mts or .js; what has JSX in it is no stack.',
  ],
  ERR_IMPORT_ATTRIBUTE_MISSING: [
    'Node loads JSON only where the import says so: $.',
    "Write import rows from './rows.json' with { type: 'json' }.",
  ],
  ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING: [
    'Node runs no TypeScript of packages that are installed: $.',
    'Import JavaScript that was built from it, or link the package into the workspace.',
  ],
};

/** The file without what lies above it; of a package, its path there. */
function cannotLoad(thrown: Thrown, at: string, [message, fix]: readonly [string, string]): Finding {
  const [, path = ''] = /(?:file:\/\/|\bfor )(\/[^"]+)/.exec(thrown.message) ?? [];
  const file = path.replace(/^.*\/node_modules\/|^.*\/(?!.*\/)/, '');
  return problem(
    'import',
    at,
    message.replace('$', () => file),
    fix,
  );
}

function fromThrown(thrown: Thrown, program: string): Finding {
  const [at = program, ...callers] = thrown.frames;
  const known = unloadable[thrown.code ?? ''];
  if (known) return cannotLoad(thrown, at, known);
  if (thrown.code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') return unstrippable(thrown, at);
  if (thrown.code === 'ERR_MODULE_NOT_FOUND' || thrown.code === 'MODULE_NOT_FOUND')
    return missingImport(thrown, program);
  if (unmapped.includes(thrown.code ?? ''))
    return problem('import', at, `${thrown.message}.`, 'Correct the name, or the package.json that is named.');
  if (thrown.name === 'SyntaxError' && /does not provide an export/.test(thrown.message))
    return problem(
      'import',
      at,
      `${thrown.message}.`,
      'Correct the name, or import a version that has it; where it is a type, write import type { ... }.',
    );
  if (thrown.name === 'SyntaxError')
    return problem('syntax', at, `The program is not valid: ${thrown.message}.`, 'Correct the syntax at this place.');
  const said = `${thrown.name}: ${thrown.message}`;
  if (thrown.sdk)
    return problem('sdk', at, `cdksft itself failed: ${said}`, 'This is a bug of cdksft: report it with this message.');
  const others = [...new Set(callers)].filter((caller) => caller !== at).slice(0, mostCallers);
  const path = others.length > 0 ? `\ncalled from ${others.join(', ')}` : '';
  return thrown.rejected
    ? problem('rejects', at, `A promise was rejected: ${said}${path}`, 'Await it, and handle or correct the error.')
    : problem('throws', at, `The program throws ${said}${path}`, 'Correct the program at this place.');
}

function stopped(outcome: ProgramOutcome, seconds: number, delivered: boolean): Finding | undefined {
  const { program } = outcome;
  if (outcome.stopped === 'time') {
    const message = `The program has not ended after ${seconds} s${delivered ? ', though it has called app.synth()' : ''}.`;
    const fix = delivered
      ? 'Close what keeps it alive: a timer, a server, a connection.'
      : 'Look for a loop or a wait without end, or give it longer with --program-timeout SECONDS.';
    return problem('never-ends', program, message, fix);
  }
  if (outcome.stopped === 'size')
    return problem('too-large', program, 'The program makes more than 256 MB of stacks.', 'Split it into programs.');
  if (outcome.killedBy === 'SIGABRT')
    return problem(
      'killed',
      program,
      'The program was aborted, most likely because it ran out of memory.',
      'Look for what grows without end, or set NODE_OPTIONS=--max-old-space-size=MEGABYTES.',
    );
  if (outcome.killedBy)
    return problem(
      'killed',
      program,
      `The program was killed by ${outcome.killedBy}.`,
      'Find out who killed it; run it again.',
    );
  return undefined;
}

function exited(line: Said & { kind: 'exit' }, program: string): Finding {
  const message = `The program calls process.exit(${line.code}); what comes after it does not run.`;
  return problem(
    'exits',
    line.frames[0] ?? program,
    message,
    'Take the call out; throw an error where something is wrong.',
  );
}

function ended(outcome: ProgramOutcome, lines: readonly Said[], delivered: boolean): Finding | undefined {
  const { program } = outcome;
  const exit = lines.find((line) => line.kind === 'exit');
  if (exit && !(delivered && exit.code === 0)) return exited(exit, program);
  const end = lines.find((line) => line.kind === 'end');
  if (!delivered && end && !end.settled && !exit)
    return problem(
      'waits',
      program,
      'The program awaits something that never comes.',
      'Look at its awaits at the top level.',
    );
  if (delivered && outcome.code !== 0)
    return problem(
      'exits',
      program,
      `The program ended with exit code ${outcome.code}.`,
      'Take out what sets process.exitCode.',
    );
  if (!delivered)
    return problem(
      'no-synth',
      program,
      'The program makes no stack: it never calls app.synth().',
      'Write app.synth(); as its last line.',
    );
  return undefined;
}

/** Files of one version would be carried out by the engine and the trainer of another. */
function otherCopy({ version, folder }: Copy, program: string): Finding {
  return problem(
    'version',
    program,
    `The program imports cdksft ${version} (${folder}), and this sft is ${ownVersion()} (${ownFolder}).`,
    'Run the sft that is installed beside the program (npx sft), or install one version for both.',
  );
}

function otherFormat(manifest: Manifest, program: string): Finding {
  return problem(
    'version',
    program,
    `The cdksft that the program imports writes manifests of format ${String(manifest.format)}; this sft reads ${manifestFormat}.`,
    'Use one version of cdksft: run the sft that is installed beside it (npx sft).',
  );
}

export function judge(outcome: ProgramOutcome, seconds: number): Judged {
  const { program, said: lines } = outcome;
  const manifests = lines.flatMap((line) => (line.kind === 'manifests' ? line.manifests : []));
  const findings = lines.flatMap((line) => (line.kind === 'findings' ? line.findings : []));
  const errors = findings.some((finding) => finding.severity === 'error');
  const thrown = lines.filter((line) => line.kind === 'thrown');
  const delivered = lines.some((line) => line.kind === 'manifests' || line.kind === 'findings');
  // What the SDK found wrong comes first: a throw after it is most often its consequence, but is told as well.
  const told = thrown.map((line) => fromThrown(line, program));
  const end =
    stopped(outcome, seconds, delivered) ?? (told.length > 0 || errors ? undefined : ended(outcome, lines, delivered));
  const copies = lines.flatMap((line) => (line.kind === 'manifests' && line.from ? [line.from] : []));
  const others = copies.filter(({ version }) => version !== ownVersion()).map((copy) => otherCopy(copy, program));
  const formats = manifests.filter((one) => one.format !== manifestFormat).map((one) => otherFormat(one, program));
  const all = [...findings, ...told, ...(end ? [end] : []), ...(others.length > 0 ? others : formats)];
  return all.some((finding) => finding.severity === 'error')
    ? { manifests: [], findings: all }
    : { manifests, findings: all };
}
