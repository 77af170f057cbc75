/** A small HTTP server in the place of the Hugging Face Hub: a test says what it answers. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
}

type Answer = string | ((response: ServerResponse) => void);

export class HubStandIn {
  readonly asked: Asked[] = [];
  /** By path below /api: a commit, or what is done with the response. */
  readonly answers = new Map<string, Answer>();
  /** What is done with every other response; a plain 404 where it is left out. */
  otherwise: ((response: ServerResponse) => void) | undefined;
  readonly #server = createServer((request, response) => {
    const path = request.url ?? '';
    this.asked.push({ path, authorization: request.headers.authorization });
    const answer = this.answers.get(path.replace(/^\/api/, ''));
    if (typeof answer === 'function') return answer(response);
    if (answer === undefined && this.otherwise) return this.otherwise(response);
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer === undefined ? { error: 'not found' } : { sha: answer }));
  });

  static async open(): Promise<HubStandIn> {
    const hub = new HubStandIn();
    await new Promise<void>((resolve) => hub.#server.listen(0, '127.0.0.1', () => resolve()));
    return hub;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Answers with a status, and a body that is no answer of a Hub. */
export const status =
  (code: number, body = '<html>no</html>') =>
  (response: ServerResponse) => {
    response.writeHead(code, { 'content-type': 'text/html' });
    response.end(body);
  };
