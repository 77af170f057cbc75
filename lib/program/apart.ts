/** A process of our own beside the one that asks for it (data/apart.ts): what may take for ever, and what is large, is done here. */
import { readFileSync, writeSync } from 'node:fs';
import type { AskedFiles } from '../data/inspect.ts';
import type { Request } from '../data/template/outcome.ts';

/** One request, one answer. */
async function answer(): Promise<void> {
  const { inspectPieces } = await import('../data/inspect-pieces.ts');
  const asked = JSON.parse(readFileSync(0, 'utf8')) as AskedFiles;
  const bytes = Buffer.from(JSON.stringify(await inspectPieces(asked)));
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}

async function serve(): Promise<void> {
  // Asked before the other side is loaded, which then comes too late for nobody.
  const requests: Request[] = [];
  let take = (request: Request): unknown => requests.push(request);
  process.on('message', (request: Request) => take(request));
  const { serveTemplate } = await import('../data/template/serve.ts');
  take = serveTemplate((reply) => process.send?.(reply));
  for (const request of requests) take(request);
}

await (process.send ? serve() : answer());
