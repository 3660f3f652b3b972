import { Failure } from '../model/failure.ts';
import { isLoopback } from '../model/service-address.ts';
import type { Action } from './action.ts';
import { type Arguments, guessAction, parseArguments } from './arguments.ts';
import type { CheckedBatch } from './batch/read-batch.ts';
import { checkInterval } from './check-interval.ts';
import { type Environment, overrule, readEnvironment, redraws, secretsIn } from './environment.ts';
import { EXIT } from './exit-codes.ts';
import { isAboutTask, isLocal, isSubmit, needsRecords, rule } from './flags.ts';
import { Interruption, type StopSignal } from './interruption.ts';
import { finishWith, printText, screen } from './output.ts';
import { type Situation, watch } from './progress.ts';
import type { CheckedRequest } from './read-request.ts';
import { bugOutcome } from './render/bug.ts';
import { type Caller, callerOf } from './render/caller.ts';
import { failed, type Outcome } from './render/envelope.ts';
import { interruptedOutcome } from './render/interrupted.ts';

declare const VERSION: string;

/** Runs one call of the command: it always writes one document to standard output and sets an exit code. */
export async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const secrets = secretsIn(process.env);
  const overruled = overrule(process.env);
  const { observer, situation, line: warn, clear } = await startProgress(secrets);
  const interruption = new Interruption();
  let args: Arguments | undefined;
  let request: CheckedRequest | null = null;
  let batch: CheckedBatch | null = null;

  const bug = (error: unknown) =>
    bugOutcome(
      error,
      situation,
      fallbackState(actionOf(args, argv), situation),
      args && callerOf(args, argv),
      !args?.noJournal,
    );
  const onBug = (error: unknown) => {
    clear();
    void finishWith(bug(error), secrets);
    process.exitCode = EXIT.bug;
    // The answer is written: nothing that still runs may keep the process.
    interruption.stop();
  };
  process.on('uncaughtException', onBug);
  process.on('unhandledRejection', onBug);

  let outcome: Outcome | undefined;
  let hasSaidOverruled = false;
  try {
    args = parseArguments(argv);
    const { action } = args;
    if (args.version) return printText(VERSION);
    if (args.help) return printText((await import('./help.ts')).helpText(VERSION));
    const isLive = !args.sandbox && !isLocal(action);
    const environment = readEnvironment(process.env, args.profile, {
      isLive,
      isRehearsal: args.sandbox && !isLocal(action),
      hasState: args.sandbox || (needsRecords(action) && !args.noJournal),
    });
    if (action === 'listModels') {
      outcome = await (await import('./describe.ts')).describeAll(args);
    } else if (action === 'describeModel') {
      outcome = await (await import('./describe.ts')).describeOne(args, args.model!);
    } else if (action === 'listPending' || action === 'forget') {
      const pending = await import('./pending.ts');
      outcome = await pending[action]({ args, environment, warn }, callerOf(args, argv));
    } else {
      for (const text of overruled) warn(text);
      hasSaidOverruled = true;
      interruption.listen(situation);
      situation.taskId = args.taskId ?? null;
      const { signal } = interruption;
      const { baseUrl } = environment;
      const loopback = args.sandbox || (baseUrl !== undefined && isLoopback(baseUrl));
      checkInterval(args, loopback);
      if (args.batch !== undefined) {
        const { readBatch } = await import('./batch/read-batch.ts');
        batch = await readBatch(args, callerOf(args, argv), loopback, signal);
      } else if (rule('payload').actions?.includes(action)) {
        request = await (await import('./read-request.ts')).readRequest(args, loopback, signal);
      }
      const hasKey = args.sandbox || environment.key !== undefined;
      const known = hasKey || action !== 'spending' ? null : await withoutKey(args, environment, argv, warn);
      if (!hasKey && !known) throw keyMissing();
      outcome =
        known ??
        (await (
          await import('./live.ts')
        ).runLive({ args, argv, request, batch, environment, loopback, observer, warn, interruption }));
      if (outcome.isInterrupted && interruption.received) markInterrupted(outcome, interruption.received);
    }
  } catch (error) {
    // After a bug, nothing that still runs may keep the process.
    if (!(error instanceof Failure)) interruption.stop();
    outcome = interruption.received
      ? interruptedOutcome(interruption.received, situation, {
          // Signals are listened to only once the arguments are read.
          caller: callerOf(args!, argv),
          isRecorded: !args!.noJournal,
          downloads: (args!.download ?? args!.output) !== undefined,
          generation: request?.generation,
        })
      : error instanceof Failure
        ? failed(
            args && needsWords(error) ? await inWords(error, callerOf(args, argv)) : error,
            fallbackState(actionOf(args, argv), situation),
            situation.taskId,
          )
        : bug(error);
  }
  if (hasSaidOverruled) addWarnings(outcome, overruled);
  if (args?.sandbox && outcome.envelope.taskId !== null) addWarnings(outcome, [SANDBOX_WARNING]);
  clear();
  // A result counts as delivered only when the whole document was written: otherwise the same command brings it again.
  // This runs last: a process that is killed earlier has delivered nothing.
  if (!(await finishWith(outcome, secrets))) return;
  process.once('exit', () => {
    outcome.onWritten?.();
    // Nothing is left to do. Without this call Node first takes the heap apart, a tenth of the time of a short command.
    process.exit();
  });
}

/** Returns what is known of the spending without a key; null where nothing is. */
async function withoutKey(
  args: Arguments,
  environment: Environment,
  argv: readonly string[],
  warn: (text: string) => void,
): Promise<Outcome | null> {
  const { spendingWithoutKey } = await import('./spending.ts');
  return spendingWithoutKey({ args, environment, warn, caller: callerOf(args, argv) });
}

function keyMissing(): Failure {
  return new Failure('AUTH_FAILED', 'No key is set, so no live call is made.', {
    reason: { kind: 'keyMissing' },
  });
}

/** Starts to show progress; what draws on a terminal is loaded where there is one. */
async function startProgress(secrets: readonly string[]) {
  if (!screen.isTTY || !redraws(process.env)) return watch(screen, secrets);
  const { Terminal } = await import('./progress/terminal.ts');
  return watch(screen, secrets, (...parts) => new Terminal(...parts));
}

/** Gives what is known of an interrupted call the exit code of its signal. */
function markInterrupted(outcome: Outcome, signal: StopSignal): void {
  outcome.exitCode = signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
  outcome.envelope.data = { ...outcome.envelope.data, interruptedBy: signal };
}

// A later reader of the document cannot tell otherwise.
const SANDBOX_WARNING = 'Sandbox run: nothing was charged, and each file is a stand-in.';

/** Adds warnings to the document. */
function addWarnings({ envelope }: Outcome, warnings: readonly string[]): void {
  if (warnings.length === 0) return;
  const before = Array.isArray(envelope.data?.warnings) ? envelope.data.warnings : [];
  envelope.data = { ...envelope.data, warnings: [...before, ...warnings] };
}

/** Tells whether the sentences of a failure are still to be made, from its facts. */
const needsWords = ({ details: { reason, charged } }: Failure): boolean =>
  reason !== undefined || charged !== undefined;

async function inWords(failure: Failure, caller: Caller): Promise<Failure> {
  const { explained } = await import('./render/failure.ts');
  return explained(failure, caller);
}

/** Returns the action of a call; as far as one can tell where its arguments are refused. */
function actionOf(args: Arguments | undefined, argv: readonly string[]): Action {
  return args?.action ?? guessAction(argv);
}

/** Returns the state for a failure that names none: FAILED only where nothing can have been submitted, null without a task. */
function fallbackState(action: Action, { taskId, state }: Situation) {
  if (state !== null) return state;
  if (taskId !== null) return 'UNKNOWN';
  return isSubmit(action) ? 'FAILED' : isAboutTask(action) ? 'UNKNOWN' : null;
}
