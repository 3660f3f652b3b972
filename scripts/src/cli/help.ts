import { PROFILES } from '../providers/registry.ts';
import { ACTIONS } from './action.ts';
import { EXIT, EXIT_WORDS, ONE_CHARGE } from './exit-codes.ts';
import { commandLine } from './words.ts';

/** The text of `--help`: one screen, with examples that run as they stand. */
export function helpText(version: string): string {
  const run = commandLine([]);
  return `async-media-workflow ${version}: one command turns a payload into a finished file.
${plainly(ONE_CHARGE)}

Usage
  ${run} --model <id> --payload '<json>' [--download <dir>]
  ${run} --action <action> [--taskId <id>]

Examples (no key, no cost)
  ${run} --sandbox --model t2v --payload '{"prompt":"a lighthouse at dawn","aspectRatio":"16:9","duration":"5"}' --download out
  ${run} --action listModels
  ${run} --action describeModel --model t2v

Flags
  --model <id>             the model; with --payload alone: validate, submit, wait, fetch the result
  --payload <json>         the request's fields; "-" reads them from standard input
  --image <file>           a local picture (PNG, JPEG, WebP, GIF, AVIF, BMP) for the model's image field
  --action <action>        ${ACTIONS.slice(1, 6).join(', ')},
                           ${ACTIONS.slice(6).join(', ')}
  --provider <id>          ${PROFILES.map(({ id }, n) => (n === 0 ? `${id} (default)` : id)).join(', ')}
  --kind <kind>            listModels: only models that make video, image, audio or model3d
  --taskId <id>            the task of getStatus, getTask, cancelTask, waitTask
  --wait <seconds>         how long to wait for the end (default 600; 0 = do not wait)
  --pollInterval <seconds> first pause between looks (default 2)
  --download <dir>         save the finished file there as <taskId>.<ext>
  --maxCredits <n>         ask for the price first; submit nothing above n (APIDot: by a dated estimate)
  --maxCreditsPerDay <n>   submit nothing that takes the charges of 24 hours above n
  --new                    another task of the same request (a new charge)
  --all                    with waitTask and no --taskId: every pending task
  --owner <name>           kept in the record; listPending can ask for it
  --noJournal              keep no record: the same command then submits again, with a new charge
  --idempotencyKey <key>   8 to 128 characters (default: a new one for each submit)
  --webhookUrl <url>       https address that the service may notify (APIDot: --callbackUrl)
  --sandbox                rehearse against a local stand-in: no key, no cost, no network
  --help, --version

Environment
  AIVIDEO_API_KEY (needed for live calls), AIVIDEO_BASE_URL, APIDOT_API_KEY, APIDOT_BASE_URL, AIVIDEO_TIMEOUT_MS (30000),
  AIVIDEO_MAX_RETRIES (3), HTTPS_PROXY, HTTP_PROXY, NO_PROXY, ASYNC_MEDIA_STATE_DIR

Exit codes
${exitCodes()
  .map((line) => `  ${line}`)
  .join('\n')}`;
}

/** A line for each exit code after which something is to be done with the command; the others share lines. */
function exitCodes(): string[] {
  const lines = [''];
  for (const name of Object.keys(EXIT) as (keyof typeof EXIT)[]) {
    const { means, next } = EXIT_WORDS[name];
    const isAlone = EXIT[name] === EXIT.stillRunning || EXIT[name] === EXIT.submitUnknown;
    const item = `${EXIT[name]} ${means}${isAlone ? `: ${plainly(next)}` : ''}`;
    const line = lines.at(-1)!;
    if (line === '' || (!isAlone && line.length + item.length < 125))
      lines[lines.length - 1] = `${line}${line === '' ? '' : '   '}${item}`;
    else lines.push(item);
  }
  return lines;
}

/** Without the marks that only a document shows. */
function plainly(text: string): string {
  return text.replaceAll('`', '');
}
