// Child processes of the scripts, with their progress on the screen.
import { spawn } from 'node:child_process';

/**
 * Runs a command with its output on ours, and resolves to its exit code. Ctrl-C reaches the child by the terminal; a
 * SIGTERM to us is passed on, so that nothing is left running.
 * @param {string} command
 * @param {readonly string[]} arguments_
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, arguments_, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, arguments_, { stdio: 'inherit', ...options });
    const pass = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    const wait = () => {};
    process.on('SIGTERM', pass);
    process.on('SIGINT', wait);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGTERM', pass);
      process.off('SIGINT', wait);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}

/** Ends the script with a message. @param {string} message @param {number} [code] @returns {never} */
export function stop(message, code = 1) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
