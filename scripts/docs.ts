// Writes the pages that follow from the code: npm run docs.
import { writeFileSync } from 'node:fs';
import { decisionsPage } from '../lib/report/decisions-page.ts';
import { settingsPage } from '../lib/report/settings-page.ts';

writeFileSync(new URL('../docs/settings.md', import.meta.url), settingsPage());
writeFileSync(new URL('../docs/decisions.md', import.meta.url), decisionsPage());
