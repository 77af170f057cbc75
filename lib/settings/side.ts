/** What `later.ts` loads: all that needs zod. */
export { plainRows } from './describe.ts';
export { parse } from './parse.ts';
export { schemas } from './schemas.ts';
