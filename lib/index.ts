export type { Finding, Severity, Where } from './finding.ts';
