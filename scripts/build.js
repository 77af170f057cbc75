// `npm run build`: dist/, which only the published package uses. JavaScript by esbuild: few files, so that little is read
// at each start; a command is a chunk that is loaded when it is run. Declarations by tsc. Node 20 runs it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { build } from 'esbuild';
import { builtinsByCall } from './builtins.js';
import { declarations } from './declarations.js';
import { findNode, root } from './node.js';
import { run, stop } from './shell.js';

const dist = join(root, 'dist');

/** Users extend its classes: the one in their tree must be ours too. */
const external = ['constructs'];

/**
 * The SDK, and the command, each as few files as can be: a file costs half a millisecond at every start.
 * @param {string[]} entryPoints @param {import('esbuild').Plugin[]} plugins @param {boolean} splitting
 */
async function bundle(entryPoints, plugins = [], splitting = true) {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir: 'dist',
    outbase: 'lib',
    // As deep as cli/ and program/: a file finds the package's folder two above its own, wherever it was put.
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting,
    format: 'esm',
    platform: 'node',
    target: 'node22.18',
    mainFields: ['module', 'main'],
    external,
    plugins: [builtinsByCall, ...plugins],
    // Names stay as they are, for stack traces.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    // CommonJS packages ask for Node's modules by require.
    banner: { js: "const require=process.getBuiltinModule('node:module').createRequire(import.meta.url);" },
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 && !path.startsWith('builtin:') ? [path] : [],
    ),
  );
}

/** The value of lib/settings/baked.ts: zod's schemas as plain data, so that a synthesis has not to load zod. */
async function baking() {
  const { outputFiles } = await build({
    stdin: { contents: "export { bake } from './lib/settings/describe.ts';", resolveDir: root },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  const code = Buffer.from(outputFiles[0]?.text ?? '').toString('base64');
  const { bake } = await import(`data:text/javascript;base64,${code}`);
  const contents = `export const baked = JSON.parse(${JSON.stringify(JSON.stringify(bake()))});`;
  /** @type {import('esbuild').Plugin} */
  const plugin = {
    name: 'baked',
    setup: (on) => on.onLoad({ filter: /[\\/]lib[\\/]settings[\\/]baked\.ts$/ }, () => ({ contents, loader: 'js' })),
  };
  return plugin;
}

/** lib/cli/plain.ts is a file of its own, dist/cli/plain.js, beside the one that loads it. @type {import('esbuild').Plugin} */
const apart = {
  name: 'apart',
  setup: (on) =>
    on.onResolve({ filter: /^\.\/plain\.ts$/ }, ({ importer }) =>
      // Templates have a file of that name too.
      /[\\/]cli[\\/]start\.ts$/.test(importer) ? { path: './plain.js', external: true } : undefined,
    ),
};

async function javascript() {
  const baked = [await baking()];
  const inputs = [
    await bundle(['lib/index.ts', 'lib/testing.ts', 'lib/settings/side.ts'], baked),
    await bundle(['lib/program/runner.ts']),
    await bundle(['lib/program/yaml.ts']),
    await bundle(['lib/data/columnar/side.ts']),
    await bundle(['lib/data/template/check.ts']),
    await bundle(['lib/program/apart.ts']),
    // With the command, which prints the same schemas: what they need would make the SDK slower to load.
    await bundle(['lib/cli/start.ts', 'lib/schema.ts'], [...baked, apart]),
    // What is run most often, in one file: the command as a whole shares its code among two dozen.
    await bundle(['lib/cli/plain.ts'], baked, false),
  ];
  return inputs.flat();
}

/** The licences of what was bundled ask to be passed on. @param {readonly string[]} inputs */
function licences(inputs) {
  const folders = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find((one) => /^licen[cs]e/i.test(one));
    if (!file) stop(`build: ${name} is to be bundled and has no licence file.`);
    const text = readFileSync(join(root, folder, file ?? ''), 'utf8').trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  writeFileSync(
    join(dist, 'LICENSES.txt'),
    `Packages that are part of the files in this folder.\n\n${texts.join(`\n${'-'.repeat(72)}\n\n`)}`,
  );
}

/** Node reads each file once, without running it. @param {readonly string[]} files */
async function parsed(files) {
  const node = findNode() ?? stop('build: a Node of 22.18 or newer is needed to check dist/: npm run setup.');
  const queue = [...files];
  const work = async () => {
    for (let file = queue.pop(); file; file = queue.pop())
      if ((await run(node, ['--check', join(dist, file)])) !== 0) stop(`build: ${file} is not JavaScript.`);
  };
  await Promise.all([work(), work(), work(), work()]);
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const inputs = await javascript();
licences(inputs);
const count = await declarations(join(dist, 'types'));
if (!existsSync(join(dist, 'index.js'))) stop('build: esbuild left no dist/index.js.');
const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'));
await parsed(files);
process.stdout.write(
  `build: ${relative(root, dist)}${sep} has ${files.length} files of JavaScript, ${count} of declarations\n`,
);
