import { readFileSync } from 'node:fs';

// Imported first, so that an old Node is named before anything fails on it in words of its own.
const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  engines: { node: string };
};
const needed = engines.node.replace('>=', '');
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const [leastMajor = 0, leastMinor = 0] = needed.split('.').map(Number);
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  process.stderr.write(`This is Node ${process.versions.node}; the backend needs Node ${needed} or newer.\n`);
  process.exit(2);
}
