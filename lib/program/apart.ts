/** A process of our own beside the one that asks for it (data/apart.ts): what may take for ever, and what is large, is done here. */
import type { Request } from '../data/template/outcome.ts';
import { serveTemplate } from '../data/template/serve.ts';

const serve = serveTemplate((reply) => process.send?.(reply));
process.on('message', (request: Request) => serve(request));
