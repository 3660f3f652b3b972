import './node-version.ts';
import { ConfigError, readConfig } from './config.ts';
import { DatabaseInUse } from './database/index.ts';
import { createLogger } from './observability/log.ts';
import { start } from './start.ts';

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLogger({ level: config.logLevel, secrets: config.secrets });
  const backend = await start(config, log);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping: what is running ends, nothing new begins');
      backend.stop().then(
        () => log.info('stopped'),
        (error: Error) => {
          log.error({ err: error }, 'the stop failed');
          process.exitCode = 1;
        },
      );
    });
  }
}

/** Returns what a failed start says. */
function reasonOf(error: NodeJS.ErrnoException & { address?: string; port?: number }): string {
  if (error instanceof ConfigError || error instanceof DatabaseInUse) return error.message;
  if (error.code === 'EADDRINUSE')
    return `Port ${error.port} of ${error.address} is taken. Set PORT to another one.`;
  return `The start failed: ${error.stack}`;
}

main().catch((error: Error) => {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
});
