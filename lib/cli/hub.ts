/** Asks the Hugging Face Hub which commit a name stands for. Its address and token come from where its own client has them. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isObject } from '../base/json.ts';
import { nearest } from '../base/nearest.ts';
import { printable } from '../base/printable.ts';
import { fail, type UserError } from '../errors.ts';
import type { AskedPin } from '../manifest.ts';
import { isCommit } from '../pins/lock-file.ts';

export interface Hub {
  readonly endpoint: string;
  readonly token?: string;
  /** Of one request. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

type Environment = Readonly<Record<string, string | undefined>>;

function tokenFile({ HF_TOKEN_PATH, HF_HOME, XDG_CACHE_HOME }: Environment): string {
  const home = HF_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface');
  return HF_TOKEN_PATH || join(home, 'token');
}

function tokenOf(environment: Environment): string | undefined {
  const given = environment.HF_TOKEN || environment.HUGGING_FACE_HUB_TOKEN;
  if (given) return given.trim() || undefined;
  try {
    return readFileSync(tokenFile(environment), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** As huggingface_hub reads its environment: HF_ENDPOINT, HF_TOKEN, else the file that `hf auth login` writes. */
export function hubOf(environment: Environment, signal: AbortSignal): Hub {
  const endpoint = (environment.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '');
  if (!/^https?:\/\/[^/\s@]+(\/\S*)?$/.test(endpoint))
    throw fail(
      'hub/endpoint',
      'HF_ENDPOINT is no address of a Hub.',
      'Write https://HOST, without user and password, or take it out.',
    );
  const asked = Number(environment.HF_HUB_ETAG_TIMEOUT);
  const token = tokenOf(environment);
  return { endpoint, seconds: asked > 0 ? asked : 10, signal, ...(token === undefined ? {} : { token }) };
}

type Named = Pick<AskedPin, 'kind' | 'id' | 'revision'>;

/** The Hub answers 401 also for a repository that does not exist, so as not to tell which are private. */
function refused(
  status: number,
  { kind, id, revision }: Named,
  { endpoint, token }: Hub,
  guess: string | undefined,
): UserError {
  const what = `${kind} ${id}`;
  const hint = guess ? `Did you mean "${guess}"? ` : '';
  if (status === 401 || status === 403) {
    const who = token === undefined ? 'without a token' : 'with the token that is set';
    return fail(
      'hub/refused',
      `The Hub does not show ${what} ${who} (${status}): it is private or gated, or its name is wrong.`,
      token === undefined
        ? `${hint}Correct the id; or set HF_TOKEN, or run hf auth login.`
        : `${hint}Correct the id; or ask for access at ${endpoint}/${id} with the account of the token.`,
    );
  }
  if (status === 404)
    return fail(
      'hub/missing',
      `The Hub has no ${what} with a revision ${revision} (404).`,
      `${hint}Correct the id or the revision.`,
    );
  if (status === 429)
    return fail('hub/busy', `The Hub asks to wait before ${what} is asked for (429).`, 'Run it again in some minutes.');
  return fail('hub/failed', `The Hub answered ${status} when asked for ${what}.`, 'Run it again later.');
}

function unreachable(named: Named, hub: Hub, why: string): UserError {
  return fail(
    'hub/unreachable',
    printable(`The Hub at ${hub.endpoint} could not be asked for ${named.kind} ${named.id}: ${why}.`),
    'See that this machine reaches it; HF_ENDPOINT names another address.',
  );
}

function why(caught: unknown): string {
  const { name, message, cause } = caught as { name?: string; message?: string; cause?: { code?: string } };
  if (name === 'TimeoutError') return 'it did not answer in time';
  return cause?.code ?? message ?? String(caught);
}

async function request(path: string, hub: Hub): Promise<Response> {
  const url = `${hub.endpoint}/api/${path}`;
  const headers = { accept: 'application/json', ...(hub.token ? { authorization: `Bearer ${hub.token}` } : {}) };
  const signal = AbortSignal.any([hub.signal, AbortSignal.timeout(hub.seconds * 1000)]);
  return fetch(url, { headers, signal });
}

async function answer(named: Named, hub: Hub): Promise<{ status: number; text: string }> {
  const { kind, id, revision } = named;
  try {
    const response = await request(`${kind}s/${id}/revision/${encodeURIComponent(revision)}`, hub);
    return { status: response.status, text: await response.text() };
  } catch (caught) {
    hub.signal.throwIfAborted();
    throw unreachable(named, hub, why(caught));
  }
}

/** What the Hub lists under a query; nothing where it does not answer, since a hint is all that is lost. */
async function idsOf(kind: Named['kind'], query: Readonly<Record<string, string>>, hub: Hub): Promise<string[]> {
  try {
    const response = await request(`${kind}s?${new URLSearchParams({ ...query, limit: '200' })}`, hub);
    const list: unknown = response.ok ? await response.json() : [];
    if (!Array.isArray(list)) return [];
    return list.flatMap((one: unknown) => (isObject(one) && typeof one.id === 'string' ? [printable(one.id)] : []));
  } catch {
    hub.signal.throwIfAborted();
    return [];
  }
}

/** A misspelt name is near to another one of its owner, a misspelt owner to one who has that name. */
async function nearestId({ kind, id }: Named, hub: Hub): Promise<string | undefined> {
  const [owner = '', name] = id.includes('/') ? id.split('/') : ['', id];
  const queries = [{ search: name ?? '' }, ...(owner === '' ? [] : [{ author: owner }])];
  const ids = (await Promise.all(queries.map((query) => idsOf(kind, query, hub)))).flat();
  // It is there: then the revision is not, or may not be seen.
  return ids.includes(id) ? undefined : nearest(id, ids);
}

function shaOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value.sha : undefined;
  } catch {
    return undefined;
  }
}

/** The commit that a revision stands for now. Throws `UserError`; what is told never holds the token. */
export async function commitNow(named: Named, hub: Hub): Promise<string> {
  let { status, text } = await answer(named, hub);
  if (status >= 500) {
    // One that is being restarted answers a moment later.
    await sleep(500, undefined, { signal: hub.signal });
    ({ status, text } = await answer(named, hub));
  }
  const unknown = status === 401 || status === 404;
  if (status !== 200) throw refused(status, named, hub, unknown ? await nearestId(named, hub) : undefined);
  const sha = shaOf(text);
  if (isCommit(sha)) return sha;
  throw fail(
    'hub/no-commit',
    `What answers at ${hub.endpoint} is no Hub: it names no commit of ${named.kind} ${named.id}.`,
    'Look at HF_ENDPOINT, and whether a proxy or a login page answers in its place.',
  );
}
