import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ClientError } from '#client';
import { ConfigError, readConfig } from './config.ts';
import { type Database, DatabaseInUse, migrate, openDatabase } from './database/index.ts';
import { abandon, findWaiting, retry, waitingForPerson } from './generations/attention.ts';
import { setEndpoint } from './generations/outbox.ts';
import { recordAccepted } from './generations/submitting.ts';
import { checkWebhookAddress } from './queue/webhook.ts';
import { createClock } from './services/clock.ts';
import { openServices, type Services } from './services/index.ts';
import { createLimiter } from './services/limiter.ts';

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

export const COMMANDS: Readonly<Record<string, Command>> = {
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
    const service = (await services()).all.get(waiting.provider);
    if (!service) throw new Refusal(`${waiting.provider} is not configured.`);
    const task = await service.client.task(taskId);
    if (task.model !== undefined && task.model !== waiting.model)
      throw new Refusal(`Task ${taskId} is of model ${task.model}; ${id} asked for ${waiting.model}.`);
    if (!KNOWN.some((known) => error instanceof known)) throw error;
    print((error as Error).message);
    return error instanceof ConfigError ? 2 : 1;
  } finally {
    await (await services)?.close();
    await database?.close();
  }
}
