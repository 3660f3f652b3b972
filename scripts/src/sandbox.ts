import { parseArgs } from 'node:util';
import { DEFAULT_SPEED } from './sandbox/lifecycle.ts';
import { startSandbox } from './sandbox/server.ts';

const USAGE = `Usage: node scripts/sandbox.mjs [--port <n>] [--folder <dir>] [--speed <n>]

Emulates the generation service on 127.0.0.1 until it is interrupted.
  --port <n>      8787 by default; 0 takes any free one
  --folder <dir>  keeps the tasks there; without it they end with this process
  --speed <n>     simulated seconds per real second, ${DEFAULT_SPEED} by default
Prints one line of JSON with its origin and a key that works, then one line per request on stderr.`;

class UsageError extends Error {}

function readFlags(argv: string[]) {
  const { values } = parseArgs({
    args: argv,
    options: {
      port: { type: 'string', default: '8787' },
      folder: { type: 'string' },
      speed: { type: 'string', default: String(DEFAULT_SPEED) },
      help: { type: 'boolean', default: false },
    },
  });
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
  if (!(port <= 65_535)) throw new UsageError(`--port takes a number from 0 to 65535, not ${values.port}`);
  const speed = /^\d{1,9}(\.\d{1,9})?$/.test(values.speed) ? Number(values.speed) : Number.NaN;
  if (!(speed > 0)) throw new UsageError(`--speed takes a number above 0, not ${values.speed}`);
  if (values.folder === '') throw new UsageError('--folder takes a folder');
  return { port, speed, folder: values.folder ?? null, help: values.help };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<void> {
  const { port, speed, folder, help } = readFlags(process.argv.slice(2));
  if (help) return void process.stdout.write(`${USAGE}\n`);
  const sandbox = await startSandbox({ port, speed, folder, log: say });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox.close());
  if (sandbox.warning !== null) say(sandbox.warning);
  const { origin, key } = sandbox;
  process.stdout.write(`${JSON.stringify({ origin, key })}\n`);
}

main().catch((error: NodeJS.ErrnoException) => {
  const isUsage = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS');
  if (isUsage) say(`${error.message}\n\n${USAGE}`);
  else if (error.code === 'EADDRINUSE')
    say('The port is in use. Choose another with --port, or --port 0 for any free one.');
  else if (error.code === 'EACCES')
    say('The port needs more rights than this process has. Choose another with --port.');
  else say(`The sandbox could not start: ${error.message}`);
  process.exitCode = isUsage ? 2 : 1;
});
