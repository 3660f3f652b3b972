/**
 * Requests that other people's documents and programs show, as facts in a form of our own: which fields, of which kind,
 * with which closed values. Prompts, addresses and ids are ours. Every entry names its source and that source's date.
 */
import type { Json, JsonObject } from '../../scripts/src/model/json.ts';

export interface Example {
  provider: 'aivideomaker' | 'apidot';
  model: string;
  source: string;
  date: string;
  input: JsonObject;
  /** Where the contract refuses it; absent: it is taken. */
  refusedAt?: string;
  /** What the source calls wrong about it, or why it cannot be taken. */
  why?: string;
}

const file = (ending: string): string => `https://example.com/lighthouse.${ending}`;
const pictures = (count: number, ending = 'png'): string[] => Array(count).fill(file(ending)) as string[];
const MP4 = file('mp4');
const text = 'a lighthouse at dawn';

const found: Example[] = [];

/** The examples of one source. A last text says where a request is refused, and why. */
function from(
  provider: Example['provider'],
  source: string,
  date: string,
  rows: [model: string, input: JsonObject, refusedAt?: string, why?: string][],
): void {
  for (const [model, input, refusedAt, why] of rows)
    found.push({
      ...{ provider, model, source, date, input },
      ...(refusedAt !== undefined && { refusedAt }),
      ...(why !== undefined && { why }),
    });
}

const examples = (path: string): [string, string] => [
  `APIDotAI/apidot-examples ${path}`,
  'commit date not visible; collected 2026-11-21',
];
const wide = { aspect_ratio: '16:9' };

from('apidot', ...examples('curl/image/gpt-image-2.md@8c20099'), [
  ['gpt-image-2', { prompt: text, quality: 'low', size: '1:1', resolution: '1K' }],
  [
    'gpt-image-2-edit',
    { prompt: text, quality: 'high', size: '2304x2048', resolution: '2K', image_urls: pictures(1) },
  ],
  ['gpt-image-2-edit', { prompt: text, size: '1:1' }, 'image_urls', 'an edit without images'],
  ['gpt-image-2', { prompt: text, image_urls: pictures(1) }, 'image_urls', 'images for the text id'],
]);
from('apidot', 'APIDotAI/gpt-image-2-api README.md@990d492', 'not visible; siblings 2026-05-22 to 05-25', [
  ['gpt-image-2', { prompt: text, n: 1 }, 'n', 'listed as a cause of 400'],
  [
    'gpt-image-2',
    { prompt: text, size: '3840x2160', resolution: '1K' },
    'resolution',
    'a custom size needs 2K or 4K',
  ],
]);
from('apidot', ...examples('curl/image/nano-banana-2.md@8c20099'), [
  [
    'nano-banana-2',
    { prompt: text, resolution: '1K', size: 'auto', output_format: 'png', google_search: false },
  ],
  [
    'nano-banana-2-edit',
    {
      ...{ prompt: text, resolution: '4K', size: '16:9', output_format: 'webp', google_search: false },
      image_urls: pictures(1),
    },
  ],
  ['nano-banana-2-edit', { prompt: text }, 'image_urls', 'edit mode without images'],
  [
    'nano-banana-2',
    { prompt: text, enable_web_search: true },
    'enable_web_search',
    'the switch of nano-banana-pro',
  ],
]);
from('apidot', ...examples('curl/image/nano-banana-pro.md@8c20099'), [
  [
    'nano-banana-pro',
    { prompt: text, resolution: '1K', size: 'auto', output_format: 'png', enable_web_search: false },
  ],
  [
    'nano-banana-pro-edit',
    {
      ...{ prompt: text, resolution: '4K', size: '16:9', output_format: 'png', enable_web_search: false },
      image_urls: pictures(1),
    },
  ],
  [
    'nano-banana-pro',
    { prompt: text, image_urls: pictures(1) },
    'image_urls',
    'the two ids do not take the same fields',
  ],
]);
from('apidot', ...examples('curl/image/seedream-4-5.md@8c20099'), [
  ['seedream-4.5', { prompt: text, size: '16:9', n: 1 }],
  ['seedream-4.5-edit', { prompt: text, image_urls: pictures(1), size: '2K', n: 1 }],
  ['seedream-4.5', { prompt: text, size: { width: 2304, height: 3072 }, n: 1 }],
  ['seedream-4.5-edit', { prompt: text, size: '2K' }, 'image_urls', 'edit mode without images'],
]);
from('apidot', ...examples('curl/image/seedream-5-0-lite.md@ceb2438'), [
  ['seedream-5.0-lite', { prompt: text, size: '1:1', n: 1 }],
  ['seedream-5.0-lite-edit', { prompt: text, image_urls: pictures(1), size: '2K', n: 1 }],
  ['seedream-5.0-lite', { prompt: text, size: { width: 2304, height: 1728 }, n: 1 }],
  ['seedream-5.0-lite', { prompt: text, seed: 7 }, 'seed', 'the API is said to refuse it'],
  ['seedream-5.0-lite', { prompt: text, image_urls: pictures(1) }, 'image_urls', 'images for the text id'],
  [
    'seedream-5.0-lite-edit',
    { prompt: text, image_urls: pictures(10), n: 6 },
    'n',
    'more images in all than the limit',
  ],
]);
from('apidot', ...examples('curl/image/flux-2.md@ceb2438'), [
  ['flux-2-pro', { prompt: text, size: '1:1', resolution: '1K' }],
  ['flux-2-pro-edit', { prompt: text, image_urls: pictures(1), size: 'auto', resolution: '1K' }],
  ['flux-2-flex', { prompt: text, size: '1:1', resolution: '2K' }],
  ['flux-2-flex-edit', { prompt: text, image_urls: pictures(1), size: 'auto', resolution: '2K' }],
  [
    'flux-2-pro',
    { prompt: text, size: '1:1', resolution: '1K', image_urls: pictures(1) },
    'image_urls',
    'images for the text id',
  ],
  [
    'flux-2-flex-edit',
    { prompt: text, image_urls: pictures(9), size: 'auto', resolution: '2K' },
    'image_urls',
    'more than 8 images',
  ],
  ['flux-2-pro', { prompt: text, resolution: '1K' }, 'size', 'size left out'],
  ['flux-2-pro', { prompt: text, size: '1:1' }, 'resolution', 'resolution left out'],
]);
from('apidot', ...examples('curl/image/flux-kontext.md@ceb2438'), [
  ['flux-kontext-pro', { prompt: text, size: '16:9', output_format: 'png' }],
  ['flux-kontext-pro-edit', { prompt: text, image_urls: pictures(1), size: '16:9', output_format: 'png' }],
  ['flux-kontext-max', { prompt: text, size: '4:3', output_format: 'jpg' }],
  ['flux-kontext-max-edit', { prompt: text, image_urls: pictures(1), size: '4:3', output_format: 'png' }],
  ['flux-kontext-max-edit', { prompt: text, image_urls: pictures(2) }, 'image_urls', 'several source images'],
  ['flux-kontext-max', { prompt: text, image_urls: pictures(1) }, 'image_urls', 'images for the text id'],
  ['flux-kontext-pro-edit', { prompt: text }, 'image_urls', 'an edit without images'],
]);
from('apidot', ...examples('curl/image/wan-2-7-image.md@ceb2438'), [
  ['wan-2.7-image', { prompt: text, size: '1024x1024', n: 1 }],
  ['wan-2.7-image-pro', { prompt: text, size: '768x1024', n: 1 }],
  ['wan-2.7-image', { prompt: text, image_urls: pictures(1), size: { width: 1280, height: 720 }, n: 1 }],
  ['wan-2.7-image', { prompt: text, image_urls: pictures(5) }, 'image_urls', 'more than 4 images'],
  ['wan-2.7-image-pro', { prompt: text, n: 5 }, 'n', 'n outside of its range'],
]);
from('apidot', ...examples('curl/image/z-image.md@ceb2438'), [
  ['z-image', { prompt: text, size: '1:1', enable_safety_checker: true }],
  ['z-image', { prompt: text, size: '16:9', enable_safety_checker: true }],
  [
    'z-image',
    { prompt: text, size: '1:1', image_urls: pictures(1) },
    'image_urls',
    'images, copied from another model',
  ],
  ['z-image', { prompt: text }, 'size', 'size left out'],
  [
    'z-image',
    { prompt: text, size: '1:1', enable_safety_checker: 'true' },
    'enable_safety_checker',
    'a text for a boolean',
  ],
]);
from('apidot', 'APIDotAI/grok-imagine-image-quality-api README.md', '2026-07-03', [
  [
    'grok-imagine-image-quality',
    { prompt: text, resolution: '2K', aspect_ratio: '1:1', output_format: 'png', n: 1 },
  ],
  [
    'grok-imagine-image-quality',
    { prompt: text, image_urls: pictures(2, 'webp'), resolution: '2K', ...wide, output_format: 'webp', n: 1 },
  ],
  [
    'grok-imagine-image-quality',
    { prompt: text, resolution: '1K', aspect_ratio: '3:2', output_format: 'jpeg', n: 3 },
  ],
  [
    'grok-imagine-image-quality',
    { prompt: text, image_urls: pictures(4) },
    'image_urls',
    'more than three images',
  ],
  [
    'grok-imagine-image-quality',
    { prompt: text, resolution: '4K' },
    'resolution',
    'a resolution that is not listed',
  ],
]);
from('apidot', ...examples('curl/video/seedance-2.md@d5fe68f'), [
  ['seedance-2', { prompt: text, duration: 5, ...wide, resolution: '720p', generate_audio: true }],
  ['seedance-2-fast', { prompt: text, duration: 5, ...wide, resolution: '720p', generate_audio: true }],
]);
from('apidot', 'APIDotAI/seedance-2-api README.md', '2026-05-22 to 2026-05-25', [
  [
    'seedance-2',
    {
      prompt: text,
      duration: 5,
      resolution: '720p',
      image_urls: pictures(1),
      reference_image_urls: pictures(1),
    },
    'reference_image_urls',
    'two ways of control mixed',
  ],
  [
    'seedance-2-fast',
    { prompt: text, duration: 5, resolution: '1080p' },
    'resolution',
    '1080p is for seedance-2',
  ],
  [
    'seedance-2',
    { prompt: text, duration: 5, resolution: '720p', image_urls: pictures(3) },
    'image_urls',
    'up to two frames',
  ],
  ['seedance-2', { prompt: text, duration: '5', resolution: '720p' }, 'duration', 'a text for a number'],
]);
from('apidot', ...examples('curl/video/veo-3-1.md@d5fe68f'), [
  ['veo3.1-lite', { prompt: text, duration: 8, ...wide, resolution: '720p' }],
  ['veo3.1-fast', { prompt: text, duration: 8, ...wide, resolution: '720p' }],
  [
    'veo3.1-fast',
    {
      prompt: text,
      duration: 8,
      ...wide,
      resolution: '1080p',
      generate_type: 'frame',
      image_urls: pictures(2, 'webp'),
    },
  ],
  [
    'veo3.1-fast',
    {
      prompt: text,
      duration: 8,
      ...wide,
      resolution: '1080p',
      generate_type: 'reference',
      image_urls: pictures(3, 'webp'),
    },
  ],
  ['veo3.1-quality', { prompt: text, duration: 8, ...wide, resolution: '4k' }],
  [
    'veo3.1-fast',
    { prompt: text, image_urls: pictures(3) },
    'generate_type',
    'images without the fitting generate_type',
  ],
  ['veo3.1-quality', { prompt: text, image_urls: pictures(2) }, 'generate_type', 'the same'],
]);
from('apidot', "docs page veo-3-1 in the website's source (coolhackboy/apidot)", '2026-04-23', [
  ['veo3.1-quality', { prompt: text, generate_type: 'frame', image_urls: pictures(2) }],
  [
    'veo3.1-quality',
    { prompt: text, generate_type: 'reference', image_urls: pictures(2) },
    'generate_type',
    'reference is for veo3.1-fast',
  ],
  [
    'veo3.1-lite',
    { prompt: text, image_urls: pictures(1) },
    'image_urls',
    'shown as an error of the service',
  ],
]);
from('apidot', 'PoyoAPI/poyo-devtools capability catalogue: another service, not APIDot', '2026-08-07', [
  [
    'veo3.1-fast',
    { prompt: text, generation_type: 'frame', image_urls: pictures(2) },
    'generation_type',
    'its name for generate_type',
  ],
  ['veo3.1-lite', { prompt: text, duration: 4 }, 'duration', 'its lengths'],
  ['seedance-2', { prompt: text, duration: 5, resolution: '4k' }, 'resolution', 'its resolutions'],
]);
from('apidot', ...examples('curl/video/sora-2-official.md@d5fe68f'), [
  ['sora-2-official', { prompt: text, duration: 8, ...wide }],
  [
    'sora-2-pro-official',
    { prompt: text, duration: 8, aspect_ratio: 'auto', resolution: '1024p', image_urls: pictures(1, 'webp') },
  ],
  [
    'sora-2-pro-official',
    { prompt: text, aspect_ratio: 'auto' },
    'image_urls',
    'image-guided without an image',
  ],
  ['sora-2-official', { prompt: text, resolution: '720p' }, 'resolution', 'a field of the pro id'],
]);
const horse = { resolution: '1080p', seed: 12345, enable_safety_checker: true };
from('apidot', ...examples('curl/video/happy-horse.md@d5fe68f'), [
  ['happy-horse', { prompt: text, duration: 5, ...wide, ...horse }],
  ['happy-horse', { prompt: text, image_urls: pictures(1, 'webp'), duration: 5, ...horse }],
  [
    'happy-horse',
    { prompt: text, reference_image_urls: pictures(2, 'webp'), duration: 6, ...wide, ...horse },
  ],
  [
    'happy-horse',
    {
      prompt: text,
      video_url: MP4,
      reference_image_urls: pictures(1, 'webp'),
      audio_setting: 'auto',
      ...horse,
    },
  ],
]);
from(
  'apidot',
  'APIDotAI/happy-horse-api README.md@bf4a748',
  'not visible; worded like siblings of 2026-07-06',
  [
    ['happy-horse', { prompt: text, video_url: MP4, duration: 5 }, 'duration', 'not in video edit'],
    [
      'happy-horse',
      { prompt: text, image_urls: pictures(1), ...wide },
      'aspect_ratio',
      'not in image to video',
    ],
    ['happy-horse', { prompt: text, audio_setting: 'auto' }, 'audio_setting', 'in video edit only'],
  ],
);
from('apidot', 'APIDotAI/wan-2-7-video-api README.md', '2026-07-04', [
  ['wan2.7-text-to-video', { prompt: text, ...wide, resolution: '720p', duration: 5 }],
  [
    'wan2.7-text-to-video',
    {
      ...{ prompt: text, ...wide, resolution: '720p', duration: 5, audio_url: file('mp3'), seed: 24680 },
      enable_safety_checker: true,
    },
  ],
  [
    'wan2.7-image-to-video',
    {
      ...{ image_urls: pictures(2, 'webp'), prompt: text, resolution: '1080p', duration: 6 },
      ...{ audio_url: file('mp3'), multi_shots: false },
    },
  ],
  [
    'wan2.7-reference-to-video',
    {
      ...{ prompt: text, reference_image_urls: pictures(1, 'webp'), reference_video_urls: [MP4] },
      ...{ aspect_ratio: '9:16', resolution: '720p', duration: 5, multi_shots: true },
    },
  ],
  [
    'wan2.7-edit-video',
    {
      ...{ prompt: text, video_url: MP4, reference_image_url: file('webp'), ...wide, resolution: '1080p' },
      ...{ duration: 0, multi_shots: false, audio_setting: 'auto' },
    },
  ],
  ['wan2.7-image-to-video', { image_urls: pictures(1), video_url: MP4 }, 'video_url', 'said not to be sent'],
  ['wan2.7-reference-to-video', { prompt: text }, 'reference_image_urls', 'no reference at all'],
  ['wan2.7-text-to-video', { prompt: text, duration: 6 }, 'duration', '5, 10 or 15'],
]);
from('apidot', 'APIDotAI/runway-gen-4-5-api README.md', '2026-07-04', [
  ['runway-gen-4.5', { prompt: text, duration: 5, ...wide }],
  [
    'runway-gen-4.5',
    { prompt: text, duration: 10, aspect_ratio: '1:1', image_urls: pictures(1, 'webp'), seed: 12345 },
  ],
  ['runway-gen-4.5', { prompt: text, aspect_ratio: '1:1' }, 'aspect_ratio', 'a shape that needs an image'],
  ['runway-gen-4.5', { prompt: text, image_urls: pictures(2) }, 'image_urls', 'more than one image'],
]);
from('apidot', 'APIDotAI/omni-flash-api README.md', '2026-07-03', [
  ['omni-flash', { prompt: text, resolution: '720p', duration: 6, ...wide }],
  [
    'omni-flash',
    { prompt: text, image_urls: pictures(1, 'webp'), resolution: '1080p', duration: 6, ...wide },
  ],
  [
    'omni-flash',
    { prompt: text, image_urls: pictures(3, 'webp'), resolution: '1080p', duration: 8, aspect_ratio: '9:16' },
  ],
  ['omni-flash', { prompt: text, video_urls: [MP4], resolution: '1080p', ...wide }],
  ['omni-flash', { prompt: text, image_urls: pictures(2) }, 'image_urls', 'two images'],
  ['omni-flash', { prompt: text, video_urls: [MP4, MP4] }, 'video_urls', 'more than one video'],
  ['omni-flash', { prompt: text, video_urls: [MP4], duration: 6 }, 'duration', 'duration with a video'],
]);
from('apidot', 'APIDotAI/grok-imagine-video-1.5-api README.md', '2026-07-03', [
  [
    'grok-imagine-video-1.5',
    { prompt: text, image_urls: pictures(1, 'webp'), resolution: '720p', duration: 6 },
  ],
  [
    'grok-imagine-video-1.5',
    { prompt: text, image_urls: pictures(1, 'webp'), resolution: '480p', duration: 4 },
  ],
  ['grok-imagine-video-1.5', { prompt: text, resolution: '720p' }, 'image_urls', 'no image'],
  ['grok-imagine-video-1.5', { prompt: text, image_urls: pictures(2) }, 'image_urls', 'more than one image'],
]);
const motion = { image_urls: pictures(1), video_urls: [MP4] };
from('apidot', 'APIDotAI/kling-3-0-motion-control-api README.md', '2026-07-04', [
  [
    'kling-3.0-motion-control',
    { prompt: text, ...motion, character_orientation: 'image', resolution: '720p' },
  ],
  [
    'kling-3.0-motion-control',
    {
      prompt: text,
      ...motion,
      video_urls: [file('mov')],
      character_orientation: 'video',
      resolution: '1080p',
    },
  ],
  [
    'kling-3.0-motion-control',
    { ...motion, image_urls: pictures(1, 'webp'), character_orientation: 'image' },
    'image_urls[0]',
    'JPEG or PNG',
  ],
  [
    'kling-3.0-motion-control',
    { ...motion, video_urls: [file('webm')], character_orientation: 'image' },
    'video_urls[0]',
    'MP4 or MOV',
  ],
]);
from('apidot', ...examples('curl/music/generate-music.md@3fe7698'), [
  [
    'generate-music',
    {
      ...{
        prompt: text,
        style: 'Classical',
        title: 'Lamp',
        custom_mode: true,
        instrumental: true,
        mv: 'V5_5',
      },
      ...{ negative_tags: 'drums', style_weight: 0.65 },
    },
  ],
  ['generate-music', { prompt: text, custom_mode: false, instrumental: false, mv: 'V4' }],
  [
    'generate-music',
    {
      ...{ prompt: text, style: 'Pop', title: 'Lamp', custom_mode: true, instrumental: false, mv: 'V5' },
      ...{ vocal_gender: 'f', style_weight: 0.7, weirdness_constraint: 0.35, audio_weight: 0.5 },
    },
  ],
  [
    'generate-music',
    { prompt: text, custom_mode: false, instrumental: false, mv: 'V4', style: 'Pop' },
    'style',
    'fields of two modes mixed',
  ],
]);
const sound = { audio_setting: { sample_rate: 44100, bitrate: 256000, format: 'mp3' } };
from('apidot', ...examples('curl/music/minimax-music-2-6.md@3fe7698'), [
  ['minimax-music-2.6', { prompt: text, lyrics_optimizer: true, ...sound }],
]);
from('apidot', "docs page minimax-music-2-6 in the website's source (coolhackboy/apidot)", '2026-04-24', [
  ['minimax-music-2.6', { prompt: text, lyrics: 'the lamp goes round' }],
  ['minimax-music-2.6', { prompt: text }, 'lyrics', 'shown as an error of the service'],
  ['minimax-music-2.6', { prompt: 'short', is_instrumental: true }, 'prompt', 'fewer than 10 characters'],
]);
const mesh = { topology: 'triangle', target_polycount: 30000, enable_pbr: true, enable_safety_checker: true };
from('apidot', ...examples('curl/3d/meshy-6-3d.md@e17b45f'), [
  [
    'meshy-6-text-to-3d',
    {
      ...{ prompt: text, mode: 'full', should_remesh: true, symmetry_mode: 'auto', ...mesh },
      enable_prompt_expansion: true,
    },
  ],
  ['meshy-6-image-to-3d', { image_urls: pictures(1), should_texture: true, ...mesh }],
  ['meshy-6-multi-image-to-3d', { image_urls: pictures(2), should_texture: true, ...mesh }],
  ['meshy-6-image-to-3d', { image_urls: pictures(1), mode: 'full' }, 'mode', 'a field of the text id'],
]);
const tripo = {
  ...{ face_limit: 100000, texture: true, texture_quality: 'standard', pbr: true },
  ...{ geometry_quality: 'standard', auto_size: true, quad: false },
};
from('apidot', ...examples('curl/3d/tripo-h31-3d.md@e17b45f'), [
  ['tripo3d-h3.1-text-to-3d', { prompt: text, negative_prompt: 'fog', ...tripo }],
  ['tripo3d-h3.1-image-to-3d', { image_urls: pictures(1), ...tripo }],
  ['tripo3d-h3.1-multiview-to-3d', { image_urls: pictures(3), ...tripo }],
  ['tripo3d-h3.1-multiview-to-3d', { image_urls: pictures(1), ...tripo }, 'image_urls', 'too few views'],
]);
from('apidot', ...examples('curl/3d/tripo-p1-3d.md@e17b45f'), [
  ['tripo3d-p1-text-to-3d', { prompt: text, face_limit: 12000, texture: true, model_seed: 12345 }],
  [
    'tripo3d-p1-image-to-3d',
    { image_urls: pictures(1), face_limit: 12000, texture: true, model_seed: 12345 },
  ],
]);

const run = 'real run of all eight models (jushenzhidao/new-api-plugins)';
const png = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB';
from('aivideomaker', run, '2026-09-17', [
  ['t2v', { prompt: text, aspectRatio: '16:9', duration: '5' }],
  ['i2v', { image: file('png'), prompt: text, duration: '5' }],
  ['minimax', { content: text, duration: 5, resolution: '720p' }],
  ['t2v_v3', { prompt: text, aspectRatio: '16:9', duration: '5' }],
  ['i2v_v3', { image: file('png'), duration: '5' }],
  ['seedance20', { prompt: text, duration: 4, resolution: 480, ratio: '16:9' }],
  ['wan27', { prompt: text, duration: '5', resolution: '720P', ratio: '16:9', promptExtend: true }],
  ['happyhorse', { prompt: text, image: pictures(2), duration: 3, resolution: '720P' }],
]);
from('aivideomaker', 'published skill ai-video-maker 1.0.1 and 1.0.12', 'March 2026', [
  ['t2v', { prompt: text, aspectRatio: '9:16', duration: '8', filterMode: 'strict' }],
  ['i2v', { image: png, prompt: null, duration: '5', filterMode: 'custom' }],
  ['lv', { image: png, prompt: ['dawn', 'noon', 'dusk'] }],
  ['lv', { image: png, prompt: Array(7).fill('dawn') as Json[] }, 'prompt', 'up to six prompts'],
  ['t2v', { prompt: text, aspectRatio: '16:9', duration: 5 }, 'duration', 'a number for a text'],
]);
from('aivideomaker', "the vendor's 8-model API document, and its OpenAPI document 1.0.15", '2026-09-13', [
  [
    'minimax',
    { content: text, imageUrl: file('png'), lastFrameUrl: file('png'), tier: 'base', aspectRatio: 'auto' },
  ],
  ['minimax', { content: text, referenceImageUrls: pictures(4), referenceAudioUrls: [file('mp3')] }],
  ['seedance20', { image: file('png'), audio: file('mp3'), duration: 5, resolution: 720, ratio: '9:16' }],
  [
    'minimax',
    { content: text, imageUrl: file('png'), referenceImageUrls: pictures(1) },
    'referenceImageUrls',
    'frames exclude references',
  ],
  ['minimax', { content: text, resolution: '480p' }, 'resolution', '480p is not supported'],
  [
    'seedance20',
    { audio: file('mp3'), duration: 5, resolution: 720, ratio: '9:16' },
    'prompt',
    'audio alone',
  ],
  ['minimax', { prompt: text }, 'content', 'one body does not fit two models'],
  ['wan27', { prompt: text, duration: '5', resolution: '720p', ratio: '16:9' }, 'resolution', 'a small p'],
  [
    'seedance20',
    { prompt: text, duration: 5, resolution: '720p', ratio: '16:9' },
    'resolution',
    'a text for a number',
  ],
]);
from(
  'aivideomaker',
  'third-party clients skate0414/ai-video and zjwjing/AIComicBuilder-1',
  '2026-04-18 to 2026-06-25',
  [
    [
      'i2v',
      { image: png, duration: '5', aspect_ratio: '16:9' },
      'aspect_ratio',
      'a name that no contract has',
    ],
    [
      'i2v',
      { image: png, duration: '5', aspectRatio: '16:9' },
      'aspectRatio',
      'a field that i2v does not have',
    ],
  ],
);
from('aivideomaker', 'translation tests of jushenzhidao/video-adapter', '2026-09-13 to 2026-09-16', [
  ['t2v', { prompt: text, aspectRatio: '16:9', duration: '7' }, 'duration', 'a length between two prices'],
]);

export const CORPUS: readonly Example[] = found;
