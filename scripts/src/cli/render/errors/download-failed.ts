import type { FileOwner } from '../../../model/failure.ts';
import type { Words } from './said.ts';

const OLDER = 'If the task is older than that, its file is gone.';

export const DOWNLOAD_FAILED = {
  resultFolder: ({ folder }) => [
    `Make ${folder} a folder that can be written to and run the same command again, or save the file elsewhere:`,
  ],
  // Its command, with a free name, follows from the task.
  fileInTheWay: ({ file, owner }) => [`${file} ${ownedBy(owner)}, and is left as it is.`],
  beingSaved: () => ['The same command returns the file as soon as that process has saved it.'],
  linkGone: (_, { profile }) => [`${profile.says.retention} ${OLDER}`],
  taskNotShown: (_, { profile }) => [`${profile.says.retention} ${OLDER}`],
  fileTooLarge: () => [
    'A file of that size is no result of a known model. Show the user its address in data.resultUrls.',
  ],
  resultGone: (_, { isSubmit, retry }) => ({
    data: { resultGone: true },
    nextSteps: [
      'The result is lost: running this command again changes nothing. Tell the user.',
      // What a submit says of its earlier end names the new charge.
      !isSubmit && `To make it once more, with a new charge: ${retry}`,
    ],
  }),
  noAddress: () => ['Tell the user what the service gave as the result; it cannot be fetched.'],
  addressOfProxy: () => [
    'A VPN or proxy program on this machine answers names with addresses of its own (198.18.0.0/15). Set HTTPS_PROXY to its address, or let it answer with the real ones; then run the same command again.',
  ],
} satisfies Partial<Words>;

function ownedBy(owner: FileOwner | undefined): string {
  if (owner?.is === 'otherTask') return `is the file of another task of this request, ${owner.taskId}`;
  if (owner?.is === 'thisTask') return 'was saved for this task, but was changed since';
  return 'is another file, or a damaged one';
}
