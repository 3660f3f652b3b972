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

main().catch((error: Error) => {
  const isClear = error instanceof ConfigError || error instanceof DatabaseInUse;
  process.stderr.write(isClear ? `${error.message}\n` : `The start failed: ${error.stack}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
});
