/** What is told of a finding's id: one in `sft explain`, all in docs/findings.md. */
import type { Explanation } from '../catalog/findings/explanation.ts';
import { plain, type Style } from '../finding-text.ts';

export function explanationText(id: string, explanation: Explanation, style: Style = plain): string {
  const { title, why, example, fix, source } = explanation;
  const part = (label: string, text: string) => `  ${style.dim(label.padEnd(7))}  ${text}`;
  return [
    `${style.bold(id)}: ${title}`,
    part('why', why),
    part('example', example),
    part('do', fix),
    part('source', source),
  ].join('\n');
}

/** One line an id. */
export function explanationList(table: ReadonlyMap<string, Explanation>, style: Style = plain): string {
  const width = Math.max(...[...table.keys()].map((id) => id.length));
  return [...table].map(([id, { title }]) => `${style.bold(id.padEnd(width))}  ${title}`).join('\n');
}

const intro = `# Findings

Every message of \`sft\` that is about a stack, its data, a plan or a machine has an id, which stands in brackets behind it
and does not change. \`sft explain ID\` prints the same as this page, which is made from the table in
\`lib/catalog/findings/\` by \`npm run docs\`; a test fails when it is not current, or when an id is missing from the table.
`;

function section(id: string, { title, why, example, fix, source }: Explanation): string {
  return `### ${id}\n\n${title}. ${why}\n\n    ${example}\n\n${fix} Source: ${source}.\n`;
}

export function findingsPage(table: ReadonlyMap<string, Explanation>): string {
  const families = new Map<string, string[]>();
  for (const [id, explanation] of table) {
    const family = id.split('/')[0] ?? '';
    families.set(family, [...(families.get(family) ?? []), section(id, explanation)]);
  }
  const parts = [...families].map(([family, sections]) => `## ${family}\n\n${sections.join('\n')}`);
  return `${intro}\n${parts.join('\n')}`;
}
