/** Installs Debian packages that the scripts need. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cacheFile, run } from './tools.mjs';

/** Debian itself: on its descendants the package `chromium` may be a stub for snap. */
export const isDebian = () =>
  existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
export const isRoot = () => process.getuid?.() === 0;

const readIfAny = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** What tells apt of Debian's backports beside the machine's own sources, for one call: none of its files is changed. */
function withBackports() {
  const [, suite] = /^VERSION_CODENAME=(\w+)$/m.exec(readIfAny('/etc/os-release')) ?? [];
  const own = readIfAny('/etc/apt/sources.list');
  const [mirror = 'http://deb.debian.org/debian'] =
    /https?:\/\/\S+\/debian\/?(?=\s)/.exec(
      `${readIfAny('/etc/apt/sources.list.d/debian.sources')}\n${own}`,
    ) ?? [];
  const list = cacheFile('backports.list');
  writeFileSync(list, `${own}\ndeb ${mirror} ${suite}-backports main\n`);
  return { sources: ['-o', `Dir::Etc::SourceList=${list}`], release: ['-t', `${suite}-backports`] };
}

/** Installs Debian packages where this user may, from Debian's backports if wanted; returns whether that worked. */
export function apt(packages, { backports = false } = {}) {
  if (!existsSync('/usr/bin/apt-get')) return false;
  const { sources, release } = backports ? withBackports() : { sources: [], release: [] };
  const aptGet = (...args) => {
    const asRoot = isRoot() ? [] : ['sudo', '-n'];
    const [command, ...rest] = [...asRoot, 'apt-get', '-qq', ...sources, ...args];
    return run(command, rest, { quiet: true, env: { DEBIAN_FRONTEND: 'noninteractive' } }) === 0;
  };
  console.log(`Installing packages: ${packages.join(' ')} …`);
  // One broken third-party source makes `update` fail although the others are fresh: the install decides.
  aptGet('update');
  return aptGet('install', '-y', '--no-install-recommends', ...release, ...packages);
}
