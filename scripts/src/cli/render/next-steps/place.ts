import type { Issue } from '../../../model/failure.ts';
import { BRIEF_WAIT_S } from '../../../model/task.ts';
import { profileOf } from '../../../providers/registry.ts';
import { issue } from '../../issue.ts';
import { unsupportedAction } from '../../unsupported.ts';
import type { Explained } from './explained.ts';

const STATE_FOLDER = 'ASYNC_MEDIA_STATE_DIR';

/** What failures of folders, of the network and of a service's abilities say. */
export const PLACE = {
  unsupportedAction: ({ action }, { profile }) => unsupportedAction(profile, action),
  keyMissing: (_, { profile: { keyVariable, keyPage, says }, wantsAccount, rehearsal }) => ({
    message: `${keyVariable} is not set, so no live call is made.`,
    nextSteps: [
      `The user makes a key at ${keyPage} (${says.key}) and sets it in the environment as ${keyVariable}; it is never passed as an argument.`,
      // The balance of the sandbox is nobody's.
      ...(wantsAccount
        ? []
        : ['Without a key the same command rehearses in the sandbox, at no cost:', rehearsal]),
    ],
  }),
  madeElsewhere: ({ taskId, created, by, here }, { profile, commandAt, same }) => {
    const { title, keyVariable, urlVariable } = profile;
    const made = `Task ${taskId} was made on ${created} at ${by.service}`;
    const maker = profileOf(by.provider);
    if (maker && maker.id !== profile.id) {
      return {
        message: `${made}; ${title} does not know it.`,
        nextSteps: [
          `Ask ${maker.title}, which made it:`,
          commandAt(maker)('waitTask', { taskId, wait: BRIEF_WAIT_S }),
        ],
      };
    }
    const set = (variable: string, what: string): string[] => [
      `Set ${variable} to the ${what} that made the task, and run the same command again:`,
      same,
    ];
    return by.account === here.account
      ? { message: `${made}, which is not ${here.service}.`, nextSteps: set(urlVariable, 'address') }
      : {
          message: `${made} with another key (fingerprint ${by.account}); the one in ${keyVariable} (fingerprint ${here.account}) cannot see it.`,
          nextSteps: set(keyVariable, 'key'),
        };
  },
  noRecord: (_, { command }) => ({ nextSteps: [command('listPending')] }),
  justSubmitted: (_, { command }) => ({ nextSteps: [command('listPending')] }),
  beingSubmitted: () => ({ nextSteps: ['Run the same command again a little later.'] }),
  unsafeFolder: ({ distrust, repair }) => {
    const another = `set ${STATE_FOLDER} to a folder that only you can write to`;
    const hint = repair === null ? another : `${repair}   (or ${another})`;
    return {
      issues: [issue(STATE_FOLDER, 'a folder, in folders, that only you can change', distrust, hint)],
      nextSteps:
        repair === null
          ? [`Run the same command again with another folder: ${another}.`]
          : [repair, `Then run the same command again; or ${another}.`],
    };
  },
  unreadableFolder: ({ folder, why, lasts }) => ({
    issues: lasts ? [folderIssue(folder, why, 'a folder that can be read')] : undefined,
    nextSteps: [
      `Make ${folder} readable, or set ${STATE_FOLDER} to the folder that holds the records, and run the same command again.`,
    ],
  }),
  unwritableFolder: ({ folder, why, lasts }) => ({
    issues: lasts ? [folderIssue(folder, why, 'a folder that can be written to')] : undefined,
    nextSteps: [
      `${lasts ? `See that ${folder} exists and can be written to` : `Free disk space in ${folder}`}. Then run the same command again.`,
      `Only if that cannot be: set ${STATE_FOLDER} to another writable folder, or add --noJournal, which keeps no records. Both know nothing of earlier requests: what has a task already is submitted and charged once more.`,
    ],
  }),
  downloadFolder: ({ folder, why }, { resumeFlags }) => {
    const flag = resumeFlags.output === undefined ? '--download' : '--output';
    const hint = `name another folder, for example ${flag} ${flag === '--download' ? 'out' : 'out/clip'}`;
    const expected = 'a folder that can be written to, or that can be made';
    return {
      message: `${flag}: ${folder} cannot be written to (${why}).`,
      issues: [issue(flag, expected, `${folder} (${why})`, hint)],
      nextSteps: ['Name a folder that can be written to. This call has submitted and charged nothing.'],
    };
  },
  outputTaken: ({ file, free }, { savedAs }) => ({
    message: `--output: ${file} exists already and is not the file of this request. Nothing was submitted.`,
    issues: [
      issue('--output', 'a name that no file has yet', file, 'give another --output, or move that file away'),
    ],
    nextSteps: [
      'This call has submitted and charged nothing. Move that file away, or submit with a name that is free:',
      savedAs(free),
    ],
  }),
  // Its command, with a free name, follows from the task.
  fileInTheWay: ({ file }) => ({
    nextSteps: [`${file} is another file, or a damaged one, and is left as it is.`],
  }),
  beingSaved: () => ({
    nextSteps: ['The same command returns the file as soon as that process has saved it.'],
  }),
  linkGone: () => ({
    nextSteps: ['Results are kept for a limited time. If the task is older than that, its file is gone.'],
  }),
  fileTooLarge: () => ({
    nextSteps: [
      'A file of that size is no result of a known model. Show the user its address in data.resultUrls.',
    ],
  }),
  proxySettings: () => ({
    message: 'The proxy in HTTPS_PROXY or HTTP_PROXY cannot be used as it is written.',
    nextSteps: ['Correct HTTPS_PROXY or HTTP_PROXY: in a user name or password, % is written as %25.'],
  }),
  proxyRefusal: () => ({
    nextSteps: [
      'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY; a proxy that wants a password takes it as http://user:password@host:port.',
    ],
  }),
  certificate: () => ({
    nextSteps: [
      'Check the clock of this machine, and whether a proxy replaces certificates (NODE_EXTRA_CA_CERTS).',
    ],
  }),
  handshake: () => ({
    nextSteps: ['Check the address and its port, and whether a proxy stands in between.'],
  }),
  addressOfProxy: () => ({
    nextSteps: [
      'A VPN or proxy program on this machine answers names with addresses of its own (198.18.0.0/15). Set HTTPS_PROXY to its address, or let it answer with the real ones; then run the same command again.',
    ],
  }),
} satisfies Partial<Explained>;

function folderIssue(folder: string, why: string, expected: string): Issue {
  return issue(STATE_FOLDER, expected, `${folder} (${why})`, `set ${STATE_FOLDER} to another folder`);
}
