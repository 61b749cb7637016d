/** Installs Debian packages that the scripts need. */
import { existsSync, readFileSync } from 'node:fs';
import { run } from './tools.mjs';

/** Debian itself: on its descendants the package `chromium` may be a stub for snap. */
export const isDebian = () =>
  existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
export const isRoot = () => process.getuid?.() === 0;

/** Installs Debian packages where this user may; returns whether that worked. */
export function apt(packages) {
  if (!existsSync('/usr/bin/apt-get')) return false;
  const aptGet = (...args) => {
    const [command, ...rest] = [...(isRoot() ? [] : ['sudo', '-n']), 'apt-get', '-qq', ...args];
    return run(command, rest, { quiet: true, env: { DEBIAN_FRONTEND: 'noninteractive' } }) === 0;
  };
  console.log(`Installing packages: ${packages.join(' ')} …`);
  // One broken third-party source makes `update` fail although the others are fresh: the install decides.
  aptGet('update');
  return aptGet('install', '-y', '--no-install-recommends', ...packages);
}
