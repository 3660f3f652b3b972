import type { Words } from './said.ts';

export const AUTH_FAILED = {
  AUTH_FAILED: (_, { profile: { title, keyVariable, keyPage, says }, account }) => [
    `${title} refused the key in ${keyVariable} (fingerprint ${account}). Check it, or make a new one at ${keyPage} (${says.key}).`,
    'A key is shown nowhere and is passed by the environment only.',
  ],
  keyMissing: (_, { profile: { keyVariable, keyPage, says }, rehearsal }) => {
    const rehearse = rehearsal();
    return {
      message: `${keyVariable} is not set, so no live call is made.`,
      nextSteps: [
        `The user makes a key at ${keyPage} (${says.key}) and sets it in the environment as ${keyVariable}; it is never passed as an argument.`,
        rehearse && ['Without a key the same command rehearses in the sandbox, at no cost:', rehearse],
      ],
    };
  },
} satisfies Partial<Words>;
