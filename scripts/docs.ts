// Writes the pages that follow from the code: npm run docs.
import { writeFileSync } from 'node:fs';
import { explanations } from '../lib/catalog/findings/index.ts';
import { decisionsPage } from '../lib/report/decisions-page.ts';
import { findingsPage } from '../lib/report/findings-page.ts';
import { inputTypes } from '../lib/report/input-types.ts';
import { settingsPage } from '../lib/report/settings-page.ts';

for (const [name, text] of Object.entries(inputTypes()))
  writeFileSync(new URL(`../lib/settings/inputs/${name}`, import.meta.url), text);
writeFileSync(new URL('../docs/settings.md', import.meta.url), settingsPage());
writeFileSync(new URL('../docs/decisions.md', import.meta.url), decisionsPage());
writeFileSync(new URL('../docs/findings.md', import.meta.url), findingsPage(explanations));
