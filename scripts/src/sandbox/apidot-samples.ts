import { isPresent } from '../contracts/schema/presence.ts';
import type { JsonObject } from '../model/json.ts';

/** A request that APIDot's sources show, or say, to be answered with 400. */
interface Sample {
  models: readonly string[];
  isRefused(input: JsonObject): boolean;
  /** In the words of the source where it shows the answer, else in the sandbox's own. */
  message: string;
}

const REFERENCES = ['reference_image_urls', 'reference_video_urls', 'reference_audio_urls'];

const SAMPLES: readonly Sample[] = [
  {
    // Docs page of seedance-2, 2026-04-22.
    models: ['seedance-2', 'seedance-2-fast'],
    isRefused: (input) => isPresent(input, 'image_urls') && REFERENCES.some((name) => isPresent(input, name)),
    message: 'image_urls and reference_*_urls cannot be used together',
  },
  {
    // Docs page of veo-3-1, 2026-04-23.
    models: ['veo3.1-lite'],
    isRefused: (input) => isPresent(input, 'image_urls'),
    message: 'veo3.1-lite does not support image_urls',
  },
  {
    // Docs page of gpt-image-2, 2026-04-23.
    models: ['gpt-image-2-edit'],
    isRefused: (input) => !isPresent(input, 'image_urls'),
    message: 'image_urls is required for gpt-image-2-edit',
  },
  {
    // Docs page of minimax-music-2-6, 2026-04-24.
    models: ['minimax-music-2.6'],
    isRefused: (input) =>
      input.lyrics_optimizer !== true && input.is_instrumental !== true && !isPresent(input, 'lyrics'),
    message: 'lyrics is required when lyrics_optimizer and is_instrumental are both false',
  },
  {
    // Its README lists the field as a cause of 400, without the answer.
    models: ['gpt-image-2', 'gpt-image-2-edit'],
    isRefused: (input) => Object.hasOwn(input, 'n'),
    message: 'gpt-image-2 makes one image per request and takes no n',
  },
  {
    // The same.
    models: ['gpt-image-2'],
    isRefused: (input) => Object.hasOwn(input, 'image_urls'),
    message: 'gpt-image-2 takes no image_urls; gpt-image-2-edit does',
  },
  {
    // APIDot's README of 2026-07-04 says that the model refuses it.
    models: ['seedream-5.0-lite', 'seedream-5.0-lite-edit'],
    isRefused: (input) => Object.hasOwn(input, 'seed'),
    message: 'seedream-5.0-lite takes no seed',
  },
];

/** The message of the 400 that the sources have for a request; null for any other. */
export function refusalInSamples(model: string, input: JsonObject): string | null {
  const sample = SAMPLES.find(({ models, isRefused }) => models.includes(model) && isRefused(input));
  return sample?.message ?? null;
}
