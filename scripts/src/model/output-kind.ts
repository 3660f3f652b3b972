/** What a model can make: the values of a contract's x-output. */
export const OUTPUT_KINDS = ['video', 'image', 'audio', 'model3d'] as const;

export type OutputKind = (typeof OUTPUT_KINDS)[number];

/** What a model makes, with its article. */
export const KIND_WORDS: Record<OutputKind, string> = {
  image: 'an image',
  audio: 'a sound',
  model3d: 'a 3D model',
  video: 'a video',
};

/** What of the things that models make a type of content is. */
export function madeAs(contentType: string): OutputKind {
  const family = contentType.split('/', 1)[0];
  // Scenes come packed, and in a format that has no type.
  return family === 'video' || family === 'image' || family === 'audio' ? family : 'model3d';
}
