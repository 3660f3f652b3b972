import type { Generation } from '../generations/types.ts';

/** A generation as the API shows it: each file with the path that serves it. */
export function presented(generation: Generation) {
  const { id, files } = generation;
  return {
    ...generation,
    files: files.map((file) => ({ ...file, url: `/v1/generations/${id}/files/${file.n}` })),
  };
}
