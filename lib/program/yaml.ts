/** What `configuration.ts` loads where a project has sft.yaml. */
export { LineCounter, parseDocument } from 'yaml';
