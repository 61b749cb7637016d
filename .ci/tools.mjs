/**
 * What the scripts of this folder share: running commands, and doing one thing at a time on this checkout.
 * Like all of them it uses only Node's own modules, because nothing is installed yet when it runs.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The path of a file in .cache, the scripts' scratch folder. */
export function cacheFile(name) {
  mkdirSync(path.join(root, '.cache'), { recursive: true });
  return path.join(root, '.cache', name);
}

/** The path of a command installed with the project. */
export const bin = (name) => path.join(root, 'node_modules', '.bin', name);

/**
 * Runs a command in the project's root and returns its exit status. Its output is shown; with `quiet` only its errors are.
 * After `timeoutSeconds` it is killed.
 */
export function run(command, args, { quiet = false, env = {}, timeoutSeconds } = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: quiet ? ['ignore', 'ignore', 'inherit'] : 'inherit',
    env: { ...process.env, ...env },
    timeout: timeoutSeconds && timeoutSeconds * 1000,
    // npm and the commands in node_modules/.bin are shell scripts there.
    shell: process.platform === 'win32',
  });
  if (result.error) console.error(`${command}: ${result.error.message}`);
  return result.status ?? 1;
}

/** Like `run`, but throws when the command fails. */
export function must(command, args, options) {
  const status = run(command, args, options);
  if (status !== 0) throw new Error(`Failed (${status}): ${command} ${args.join(' ')}`);
}

/** A hash of the names and contents of files and folders below the root; what is not there counts as such. */
export function hashOf(names, skip = () => false) {
  const hash = createHash('sha256');
  const add = (name) => {
    if (skip(name)) return;
    const file = path.join(root, name);
    hash.update(`\0${name}\0`);
    if (!existsSync(file)) return;
    if (statSync(file).isDirectory()) {
      for (const entry of readdirSync(file).sort()) add(`${name}/${entry}`);
    } else hash.update(readFileSync(file));
  };
  names.forEach(add);
  return hash.digest('hex');
}

const isRunning = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Runs `work` while no other script of this checkout does; the lock of a script that died is taken over. */
export async function alone(work) {
  const lock = cacheFile('lock');
  for (let waits = 0; ; waits++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = Number(existsSync(lock) ? readFileSync(lock, 'utf8') : 0);
    if (owner > 0 && !isRunning(owner)) rmSync(lock, { force: true });
    if (waits === 1) console.log(`Waiting for another script (process ${owner}) to finish …`);
    await setTimeout(200 + 200 * Math.random());
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** A free port of the loopback interface. */
export const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, 'localhost', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
