/** What `columnar.ts` loads: all that needs the readers of Parquet and Arrow. */
export { arrowGroups } from './arrow.ts';
export { parquetGroups } from './parquet.ts';
