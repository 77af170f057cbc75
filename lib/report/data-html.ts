/**
 * What `sft data inspect` found, as one page that opens anywhere: nothing is loaded, no script runs, and all that comes from
 * the data is text.
 */
import { printable } from '../base/printable.ts';
import { grouped } from '../base/quantity.ts';
import type { DataFinding } from '../data/judge/finding.ts';
import type { Bucket, Spread } from '../data/survey/spread.ts';
import type { DataInspectDocument, DataSample } from './data-document.ts';
import { nameText, shareText } from './data-names.ts';
import { piecesOf, sampleTitle } from './data-sample-text.ts';
import {
  columnFacts,
  factLines,
  namesText,
  pairText,
  placesText,
  spreadFacts,
  tokenFacts,
  unknownText,
} from './data-text.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Marks that turn text around would hide it on a page as on a terminal; halves of a pair are no UTF-8. */
export const escaped = (text: string): string =>
  printable(text)
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>"']/g, (mark) => entities[mark] ?? mark);

const style = `
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.3rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}
table{border-collapse:collapse;width:100%}td,th{padding:.15rem .6rem .15rem 0;text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.bar{background:#4a90c2;height:.8rem}.dim{opacity:.7}td.b{width:50%}
.f{border-left:.3rem solid #888;padding:.2rem 0 .2rem .8rem;margin:.7rem 0}
.error{border-color:#c0392b}.warning{border-color:#d6930f}.note{border-color:#4a90c2}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #8885;padding:.7rem;border-radius:.3rem}
mark{background:#7ed37e66;color:inherit;border-bottom:2px solid #3b9c3b}
code{overflow-wrap:anywhere}
`;

function histogramTable(histogram: readonly Bucket[], all: number, what: string): string {
  const fullest = Math.max(1, ...histogram.map(({ rows }) => rows));
  const lines = histogram.map(({ from, to, rows }) => {
    const label = from === to ? grouped(from) : `${grouped(from)}–${grouped(to)}`;
    const bar =
      rows === 0 ? '' : `<div class="bar" style="width:${Math.max(0.5, (100 * rows) / fullest).toFixed(1)}%"></div>`;
    const figures = `<td class="n">${grouped(rows)}</td><td class="n">${escaped(shareText(rows, all))}</td>`;
    return `<tr><td class="n">${label}</td><td class="b">${bar}</td>${figures}</tr>`;
  });
  return `<table><tr><th class="n">${what}</th><th></th><th class="n">rows</th><th class="n">share</th></tr>${lines.join('\n')}</table>`;
}

function spreadBlock(title: string, spread: Spread, all: number, what: string, about: string): string {
  return `<h2>${title}</h2>\n<p>${escaped(about)}${escaped(spreadFacts(spread))}</p>\n${histogramTable(spread.histogram, all, what)}`;
}

function lengths({ tokens, tokensUnknown, characters, rows }: DataInspectDocument): string {
  if (tokens === null) {
    const why = tokensUnknown === undefined ? '' : `\n<p>${escaped(unknownText(tokensUnknown))}</p>`;
    return spreadBlock('Characters a row', characters, rows, 'characters', '') + why;
  }
  const counted = tokens.tokens.histogram.reduce((sum, one) => sum + one.rows, 0);
  const about = `By ${nameText(tokens.tokenizer)}: ${tokenFacts(tokens).join('; ')}. `;
  return spreadBlock('Tokens a row', tokens.tokens, counted, 'tokens', about);
}

function findingBlock(finding: DataFinding): string {
  const { id, severity, message, count, approximate, pairs = [], fix } = finding;
  const how = count > 1 ? ` (${approximate === undefined ? '' : 'about '}${grouped(count)})` : '';
  const places = placesText(finding);
  const alike = pairs.map(pairText).join(', ');
  return [
    `<div class="f ${severity}"><b>${severity}: ${escaped(message)}</b>${how} <span class="dim">[${escaped(id)}]</span>`,
    ...(places === '' ? [] : [`<br>at <code>${escaped(places)}</code>`]),
    ...(alike === '' ? [] : [`<br><code>${escaped(alike)}</code>`]),
    ...(approximate === undefined ? [] : [`<br>${escaped(approximate)}`]),
    `<br>${escaped(fix)}</div>`,
  ].join('');
}

function sampleBlock(sample: DataSample): string {
  const text = piecesOf(sample)
    .map((piece) => (piece.trained ? `<mark>${escaped(piece.text)}</mark>` : escaped(piece.text)))
    .join('');
  return `<h3>${escaped(sampleTitle(sample))}</h3>\n<pre>${text}</pre>`;
}

/** The page. It asks the browser to load nothing and to run nothing, whatever should get past the escapes. */
export function inspectHtml(document: DataInspectDocument): string {
  const { rows, columns, findings, samples, files } = document;
  const title = files.map(({ path }) => nameText(path)).join(', ');
  const table = columns.map(
    (column) =>
      `<tr><td><code>${escaped(nameText(column.name))}</code></td><td>${escaped(columnFacts(column, rows))}</td></tr>`,
  );
  const what = findings.length === 0 ? '<p>Nothing was found to be wrong.</p>' : findings.map(findingBlock).join('\n');
  const marked = samples.some(({ trained }) => trained.length > 0)
    ? '<p>What is learnt is <mark>marked</mark>.</p>'
    : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${[...namesText(files).split('\n'), ...factLines(document)].map((line) => `<p>${escaped(line)}</p>`).join('\n')}
<h2>Columns</h2>
<table>${table.join('\n')}</table>
${lengths(document)}
<h2>Findings</h2>
${what}
<h2>Rows</h2>
${marked}
${samples.map(sampleBlock).join('\n')}
</body>
</html>
`;
}
