/**
 * Runs a user's program for `sft`: `node runner.ts PROGRAM`, in the project's folder, with a pipe on the descriptor
 * that SFT_CHANNEL names. What the SDK delivers goes to the pipe directly; this file adds how the program ended, one
 * JSON line each.
 */
import { writeSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Said } from './said.ts';
import { framesOf, sayThrown } from './thrown.ts';

const channel = Number(process.env.SFT_CHANNEL ?? 3);
const project = process.cwd();
const leave = process.exit.bind(process);

function report(said: Said): void {
  const bytes = Buffer.from(`${JSON.stringify(said)}\n`);
  for (let at = 0; at < bytes.length; ) at += writeSync(channel, bytes, at);
}

function reportThrown(thrown: unknown, program: string, rejected: boolean): void {
  report(sayThrown(thrown, program, project, rejected));
  leave(1);
}

async function run(program: string): Promise<void> {
  let settled = false;
  process.exit = (code) => {
    const { frames } = framesOf(new Error().stack, project);
    report({ kind: 'exit', code: Number(code ?? process.exitCode ?? 0), frames });
    return leave(code);
  };
  process.on('uncaughtException', (error) => reportThrown(error, program, false));
  process.on('unhandledRejection', (reason) => reportThrown(reason, program, true));
  process.on('exit', () => report({ kind: 'end', settled }));
  try {
    await import(pathToFileURL(program).href);
    settled = true;
  } catch (error) {
    reportThrown(error, program, false);
  }
}

enableCompileCache();
Error.stackTraceLimit = 30;
// As under `node PROGRAM`: the program finds itself at argv[1].
process.argv.splice(1, 1);
const program = resolve(process.argv[1] ?? '');
process.argv[1] = program;
void run(program);
