// The public API as two things that are committed: a report of all declarations (docs/api-report/), which a reviewer
// reads and a test compares, and a reference (docs/api/). API Extractor and API Documenter make both from the
// declarations; here the pages of the latter, one a name, are put together to one an import. `npm run docs` runs it.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { declarations, entries } from './declarations.js';
import { root } from './node.js';
import { stop } from './shell.js';

/** @param {string} entry */
const nameOf = (entry) => (entry === 'index' ? 'cdksft' : `cdksft-${entry}`);
/** @param {string} entry */
const importOf = (entry) => (entry === 'index' ? 'cdksft' : `cdksft/${entry}`);

/** @param {string} tool @param {readonly string[]} parameters @returns {Promise<void>} */
function call(tool, parameters) {
  const command = join(root, 'node_modules', '.bin', tool);
  return new Promise((resolve) =>
    execFile(command, parameters, { cwd: root }, (error, stdout, stderr) =>
      error ? stop(`api: ${tool} failed.\n${stdout}${stderr}`) : resolve(),
    ),
  );
}

const quiet = { logLevel: 'none', addToApiReportFile: false };
const shown = { logLevel: 'none', addToApiReportFile: true };

/** @param {string} work A folder below the root, since that is where the package is looked for. @param {string} entry */
async function extract(work, entry) {
  const name = nameOf(entry);
  const config = join(work, `${name}.json`);
  const tsconfig = join(work, 'tsconfig.json');
  writeFileSync(
    tsconfig,
    JSON.stringify({
      compilerOptions: { module: 'nodenext', target: 'es2023', lib: ['es2023'], strict: true, types: ['node'] },
      files: entries.map((each) => `types/${each}.d.ts`),
    }),
  );
  writeFileSync(
    config,
    JSON.stringify({
      projectFolder: root,
      mainEntryPointFilePath: join(work, 'types', `${entry}.d.ts`),
      compiler: { tsconfigFilePath: tsconfig },
      apiReport: { enabled: true, reportFolder: work, reportTempFolder: join(work, 'temp'), reportFileName: name },
      docModel: { enabled: true, apiJsonFilePath: join(work, `${name}.model`, 'cdksft.api.json') },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: shown },
        extractorMessageReporting: { default: shown, 'ae-missing-release-tag': quiet },
        tsdocMessageReporting: { default: shown },
      },
    }),
  );
  await call('api-extractor', ['run', '--local', '-c', config]);
  const text = readFileSync(join(work, `${name}.api.md`), 'utf8');
  return text.replace(/^> Do not edit.*$/m, `> Made by \`npm run docs\` with API Extractor; do not edit it.`);
}

/** Pages of properties say what the table of their owner says. */
const isTold = (/** @type {string} */ page) => /^## .* property$/m.test(page);
const anchor = (/** @type {string} */ file) => file.replace(/\.md$/, '').replaceAll('.', '-');

/** A table of Markdown, a row a line, instead of one of HTML with four lines a cell. @param {string} table */
function markdownTable(table) {
  const rows = table.split('</tr>').map((row) =>
    [...row.matchAll(/<t[hd]>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) =>
      cell
        .trim()
        .replace(/\n\n+/g, '<br>')
        .replace(/\n/g, ' ')
        .replace(/(?<!\\)\|/g, '\\|'),
    ),
  );
  const [head = [], ...body] = rows.filter((row) => row.length > 0);
  const used = head.flatMap((_, column) => (body.some((row) => row[column]) ? [column] : []));
  const line = (/** @type {string[]} */ row) => `| ${used.map((column) => row[column] ?? '').join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(used.length)}`, ...body.map(line)].join('\n');
}

/** @param {string} text @param {string} entry */
function pageText(text, entry) {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/^<!--.*-->\n+/, '')
    .replace(/^\[Home\].*\n+/m, '')
    .replaceAll('<!-- -->', '')
    .replace(/<table>[\s\S]*?<\/table>/g, markdownTable)
    .replace(/^## (.*)$/gm, (_, title) =>
      / (package|class|interface|function|type|variable|method)$|\(constructor\)|\(\)/.test(title)
        ? `## ${title}`
        : `### ${title}`,
    )
    .replace(/^## cdksft package$/m, `# ${importOf(entry)}`)
    .trim();
}

/** @param {string} work @param {string} entry */
async function reference(work, entry) {
  const pages = join(work, `${nameOf(entry)}.pages`);
  await call('api-documenter', ['markdown', '-i', join(work, `${nameOf(entry)}.model`), '-o', pages]);
  const names = readdirSync(pages).flatMap((file) => (file === 'index.md' ? [] : [file.slice(0, -'.md'.length)]));
  const texts = new Map(names.sort().map((name) => [`${name}.md`, readFileSync(join(pages, `${name}.md`), 'utf8')]));
  const kept = new Map([...texts].filter(([, text]) => !isTold(text)));
  const link = (/** @type {string} */ _, /** @type {string} */ text, /** @type {string} */ file) =>
    kept.has(file) ? `[${text}](#${anchor(file)})` : text;
  const parts = [...kept].map(([file, text]) => {
    const page = pageText(text, entry).replace(/(?<!\\)\[((?:[^[\]\\]|\\.)*)\]\(\.\/([\w.-]+\.md)\)/g, link);
    return file === 'cdksft.md' ? page : `<a id="${anchor(file)}"></a>\n\n${page}`;
  });
  return `<!-- Made by \`npm run docs\` with API Documenter; do not edit it. -->\n\n${parts.join('\n\n')}\n`;
}

/** What the committed files should hold, by their path in the repository. @returns {Promise<Record<string, string>>} */
export async function apiFiles() {
  mkdirSync(join(root, '.sft'), { recursive: true });
  const work = mkdtempSync(join(root, '.sft', 'api-'));
  try {
    await declarations(join(work, 'types'));
    const each = entries.map(async (entry) => [
      [`docs/api-report/${nameOf(entry)}.api.md`, await extract(work, entry)],
      [`docs/api/${nameOf(entry)}.md`, await reference(work, entry)],
    ]);
    return Object.fromEntries((await Promise.all(each)).flat());
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of Object.entries(await apiFiles())) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
