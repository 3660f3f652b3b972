import { parseArgs } from 'node:util';
import { ClientError } from '#client';
import { ConfigError, readConfig } from './config.ts';
import { type Database, DatabaseInUse, messageOf, migrate, openDatabase } from './database/index.ts';
import { abandon, findWaiting, retry, waitingForPerson } from './generations/attention.ts';
import { setEndpoint } from './generations/outbox.ts';
import { takenTasks } from './generations/reconciling.ts';
import { recordAccepted } from './generations/submitting.ts';
import { createClock } from './services/clock.ts';
import { openServices, type Services } from './services/index.ts';
import { createLimiter } from './services/limiter.ts';
import { checkWebhookAddress } from './webhook.ts';

const USAGE = `Usage: npm run admin -- <command>

  attention                  lists the generations that wait for a person, and why
  adopt <id> <taskId>        gives a lost submit its task, after the service has confirmed it
  abandon <id>               closes it as failed; its cost stays
  retry <id>                 saves or polls it again, or searches for the task of a lost submit
  retry <id> --submit        sends a lost submit again: this may charge twice
  resume <provider>          submits and polls again after a key was not valid
  webhook <user> <url>       sends a user's notices there; prints the secret that signs them

It reads the same variables as the service. With the embedded database, stop the service first.`;

/** A command that cannot be carried out. Its message is all that a person needs. */
class Refusal extends Error {}

// Errors whose message is enough.
const KNOWN = [Refusal, ConfigError, ClientError, DatabaseInUse];

interface Context {
  database: Database;
  services(): Promise<Services>;
  print(line: string): void;
}

type Command = (context: Context, args: string[], options: { submit: boolean }) => Promise<void>;

/** What each command takes, in this order. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  attention: [],
  adopt: ['id', 'taskId'],
  abandon: ['id'],
  retry: ['id'],
  resume: ['provider'],
  webhook: ['user', 'url'],
};

const COMMANDS: Readonly<Record<string, Command>> = {
  async attention({ database, print }) {
    const waiting = await waitingForPerson(database);
    for (const { id, user, provider, model, taskId, createdAt, attention } of waiting)
      print(
        `${id}  ${createdAt.toISOString()}  ${user}  ${provider}/${model}  ${taskId ?? 'no task'}\n  ${attention}`,
      );
    if (waiting.length === 0) print('Nothing waits for a person.');
  },
  async adopt({ database, services, print }, [id = '', taskId = '']) {
    const waiting = await findWaiting(database, id);
    if (!waiting || waiting.taskId !== null)
      throw new Refusal(`${id} is no lost submit that waits for a person.`);
    const service = (await services()).withPrevious.find(({ account }) => account === waiting.account);
    if (!service)
      throw new Refusal(
        `${id} was submitted with an API key (${waiting.account}) that is not configured: configure it, and run this again.`,
      );
    const task = await service.client.task(taskId);
    if (task.model !== undefined && task.model !== waiting.model)
      throw new Refusal(`Task ${taskId} is of model ${task.model}; ${id} asked for ${waiting.model}.`);
    if ((await takenTasks(database, waiting.provider, [taskId])).length > 0)
      throw new Refusal(`Task ${taskId} belongs to another generation.`);
    if (!(await recordAccepted(database, id, task, 0))) throw new Refusal(`${id} does not wait any more.`);
    print(`${id} has task ${taskId}; workers continue with it.`);
  },
  async abandon({ database, print }, [id = '']) {
    if (!(await findWaiting(database, id)) || !(await abandon(database, id)))
      throw new Refusal(`${id} does not wait for a person.`);
    print(`${id} is closed as failed.`);
  },
  async retry({ database, print }, [id = ''], { submit }) {
    const status = (await findWaiting(database, id)) && (await retry(database, id, submit));
    if (!status) throw new Refusal(`${id} does not wait for a person.`);
    print(`${id} is ${status}; workers continue with it.`);
  },
  async resume({ database, services, print }, [provider = '']) {
    const { all, withPrevious } = await services();
    const found = withPrevious.filter((service) => service.provider === provider);
    if (found.length === 0)
      throw new Refusal(`There is no service ${provider}: name one of ${[...all.keys()].join(', ')}.`);
    for (const service of found) await createLimiter(database, service, service.bucket).resume();
    print(`${provider} is resumed.`);
  },
  async webhook({ database, print }, [user = '', url = '']) {
    try {
      checkWebhookAddress(url);
    } catch (error) {
      throw new Refusal((error as Error).message);
    }
    print(await setEndpoint(database, user, url));
  },
};

type Asked = { command: Command; args: string[]; submit: boolean } | { usage: string; isWrong: boolean };

/** Returns what is asked for, or what to print in its place. */
function readArguments(args: string[]): Asked {
  const wrong = (problem: string) => ({ usage: `${problem}\n\n${USAGE}`, isWrong: true });
  const options = { submit: { type: 'boolean' }, help: { type: 'boolean' } } as const;
  let parsed: ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    return wrong((error as Error).message);
  }
  const { submit = false, help = false } = parsed.values;
  const [name, ...given] = parsed.positionals;
  if (help || name === undefined) return { usage: USAGE, isWrong: !help };
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const takes = TAKES[name];
  if (!command || !takes) return wrong(`There is no command ${name}.`);
  if (given.length !== takes.length)
    return wrong(
      `${name} takes ${takes.map((one) => `<${one}>`).join(' ') || 'nothing'}; ${given.length} came.`,
    );
  if (submit && name !== 'retry') return wrong(`${name} takes no --submit.`);
  return { command, args: given, submit };
}

/** Runs one command. @returns the exit code: 0 done, 1 not possible, 2 wrong usage */
export async function admin(
  argv: string[],
  env: NodeJS.ProcessEnv,
  print: (line: string) => void,
): Promise<number> {
  const asked = readArguments(argv);
  if ('usage' in asked) {
    print(asked.usage);
    return asked.isWrong ? 2 : 0;
  }
  let database: Database | undefined;
  let services: Promise<Services> | undefined;
  try {
    const config = readConfig(env);
    const opened = await openDatabase(config, () => {});
    database = opened;
    await opened.query('SELECT 1').catch((error: Error) => {
      throw new ConfigError('DATABASE_URL', `names a database that cannot be used: ${messageOf(error)}`);
    });
    await migrate(opened);
    const open = () => {
      services ??= openServices({ ...config, role: 'worker' }, createClock(opened));
      return services;
    };
    const { command, args, submit } = asked;
    await command({ database: opened, services: open, print }, args, { submit });
    return 0;
  } catch (error) {
    if (!KNOWN.some((known) => error instanceof known)) throw error;
    print((error as Error).message);
    return error instanceof ConfigError ? 2 : 1;
  } finally {
    await (await services)?.close();
    await database?.close();
  }
}
