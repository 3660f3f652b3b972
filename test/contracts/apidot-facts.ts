/**
 * The fields of APIDot's models as its sources give them, written down apart from the contracts: type, then the values
 * (a|b), the range (4..15) or the length; a list as the kind of its items with the number of them ([1..2], [0,1,3]). A `!`
 * stands before what is required.
 */
type Fields = Record<string, string>;

/** The fields of an id that edits: those of the id without images, and the images. */
const edit = (fields: Fields, images: string, more: Fields = {}): Fields => ({
  ...{ ...fields, image_urls: `!image-url[${images}]`, ...more },
});

const prompt = '!string';
const SHAPES = 'auto|1:1|2:3|3:2|3:4|4:3|4:5|5:4|9:16|16:9|21:9';
const GPT_IMAGE = {
  ...{ prompt, quality: 'string low|medium|high', resolution: 'string 1K|2K|4K' },
  size: `string ${SHAPES} or WIDTHxHEIGHT`,
};
const NANO_BANANA = {
  ...{ prompt, google_search: 'boolean', output_format: 'string png|jpeg|webp', seed: 'integer' },
  ...{ resolution: 'string 0.5K|1K|2K|4K', size: `string ${SHAPES}|4:1|1:4|8:1|1:8` },
};
const NANO_BANANA_PRO = {
  ...{ prompt, enable_web_search: 'boolean', n: 'integer 1', output_format: 'string png|jpg' },
  ...{ resolution: 'string 1K|2K|4K', size: `string ${SHAPES}` },
};
const seedream = (largest: string, n: string): Fields => ({
  ...{ prompt, n: `integer ${n}` },
  size: `string 2K|${largest}|1:1|3:4|4:3|16:9|9:16|3:2|2:3|21:9 or WIDTHxHEIGHT or {width, height}`,
});
const FLUX_2 = {
  prompt: '!string ..1000',
  ...{ resolution: '!string 1K|2K', size: '!string 1:1|4:3|3:4|16:9|9:16|3:2|2:3|auto' },
};
const FLUX_KONTEXT = {
  ...{ prompt, output_format: 'string png|jpg', size: 'string 1:1|4:3|3:4|16:9|9:16|21:9|16:21' },
};
const WAN_IMAGE = {
  ...{ prompt, image_urls: 'image-url[..4]', n: 'integer 1..4', seed: 'integer' },
  size: 'string 512x512|1024x1024|768x1024|1024x768|576x1024|1024x576 or {width, height}',
};
const SEEDANCE = {
  ...{ prompt, aspect_ratio: 'string 21:9|16:9|4:3|1:1|3:4|9:16', duration: '!integer 4..15' },
  ...{ generate_audio: 'boolean', seed: 'number', image_urls: 'image-url[..2]' },
  ...{ reference_audio_urls: 'audio-url[]', reference_image_urls: 'image-url[]' },
  reference_video_urls: 'video-url[]',
};
const WIDE_OR_TALL = { prompt, aspect_ratio: 'string 16:9|9:16' };
const VEO = { ...WIDE_OR_TALL, duration: 'integer 8', resolution: 'string 720p|1080p|4k' };
const SORA = { ...WIDE_OR_TALL, duration: 'integer 4|8|12|16|20', image_urls: 'image-url[..1]' };
const CHECKED = {
  ...{ prompt: 'string', enable_safety_checker: 'boolean', resolution: 'string 720p|1080p' },
  seed: 'integer 0..2147483647',
};
const FIVE_SHAPES = { aspect_ratio: 'string 16:9|9:16|1:1|4:3|3:4' };
const MESHY = {
  ...{ enable_pbr: 'boolean', enable_safety_checker: 'boolean', target_polycount: 'integer 1..' },
  topology: 'string',
};
const TRIPO_H = {
  ...{ auto_size: 'boolean', face_limit: 'integer 1..', geometry_quality: 'string', pbr: 'boolean' },
  ...{ quad: 'boolean', texture: 'boolean', texture_quality: 'string' },
};
const TRIPO_P = { face_limit: 'integer 1..', model_seed: 'integer', texture: 'boolean' };

export const FACTS: Record<string, Fields> = {
  'gpt-image-2': GPT_IMAGE,
  'gpt-image-2-edit': edit(GPT_IMAGE, '1..'),
  'nano-banana-2': NANO_BANANA,
  'nano-banana-2-edit': edit(NANO_BANANA, '1..14'),
  'nano-banana-pro': NANO_BANANA_PRO,
  'nano-banana-pro-edit': edit(NANO_BANANA_PRO, '1..', { mask_url: 'image-url' }),
  'seedream-4.5': seedream('4K', '1..15'),
  'seedream-4.5-edit': edit(seedream('4K', '1..'), '1..10'),
  'seedream-5.0-lite': seedream('3K', '1..15'),
  'seedream-5.0-lite-edit': edit(seedream('3K', '1..'), '1..10'),
  'flux-2-pro': FLUX_2,
  'flux-2-pro-edit': edit(FLUX_2, '1..8'),
  'flux-2-flex': FLUX_2,
  'flux-2-flex-edit': edit(FLUX_2, '1..8'),
  'flux-kontext-pro': FLUX_KONTEXT,
  'flux-kontext-pro-edit': edit(FLUX_KONTEXT, '1..1'),
  'flux-kontext-max': FLUX_KONTEXT,
  'flux-kontext-max-edit': edit(FLUX_KONTEXT, '1..1'),
  'wan-2.7-image': WAN_IMAGE,
  'wan-2.7-image-pro': WAN_IMAGE,
  'z-image': { prompt, enable_safety_checker: 'boolean', size: '!string 1:1|4:3|3:4|16:9|9:16' },
  'grok-imagine-image-quality': {
    ...{ prompt, aspect_ratio: 'string 1:1|2:3|3:2|9:16|16:9', image_urls: 'image-url[..3]' },
    ...{ n: 'integer 1..', output_format: 'string png|jpeg|jpg|webp', resolution: 'string 1K|2K' },
  },
  'seedance-2': { ...SEEDANCE, resolution: '!string 480p|720p|1080p' },
  'seedance-2-fast': { ...SEEDANCE, resolution: '!string 480p|720p' },
  'veo3.1-lite': VEO,
  'veo3.1-fast': { ...VEO, image_urls: 'image-url[1..3]', generate_type: 'string frame|reference' },
  'veo3.1-quality': { ...VEO, image_urls: 'image-url[1..2]', generate_type: 'string frame' },
  'sora-2-official': SORA,
  'sora-2-pro-official': {
    ...{ ...SORA, aspect_ratio: 'string 16:9|9:16|auto', resolution: 'string 720p|1024p|1080p' },
  },
  'happy-horse': {
    ...{ ...CHECKED, ...FIVE_SHAPES, audio_setting: 'string auto|origin', duration: 'integer 3..15' },
    ...{ image_urls: 'image-url[1..1]', reference_image_urls: 'image-url[1..9]', video_url: 'video-url' },
  },
  'wan2.7-text-to-video': {
    ...{ ...CHECKED, ...FIVE_SHAPES, prompt, audio_url: 'audio-url', duration: 'integer 5|10|15' },
  },
  'wan2.7-image-to-video': {
    ...edit(CHECKED, '1..2'),
    ...{ audio_url: 'audio-url', duration: 'integer 2..15', multi_shots: 'boolean' },
  },
  'wan2.7-reference-to-video': {
    ...{ ...CHECKED, ...FIVE_SHAPES, prompt, duration: 'integer 2..10', multi_shots: 'boolean' },
    ...{ reference_image_urls: 'image-url[..9]', reference_video_urls: 'video-url[]' },
  },
  'wan2.7-edit-video': {
    ...{ ...CHECKED, ...FIVE_SHAPES, prompt, audio_setting: 'string', multi_shots: 'boolean' },
    duration: 'integer 0|2|3|4|5|6|7|8|9|10',
    ...{ reference_image_url: 'image-url', video_url: '!video-url' },
  },
  'runway-gen-4.5': {
    ...{ prompt, aspect_ratio: 'string 16:9|9:16|4:3|3:4|1:1|21:9', duration: 'integer 5|10' },
    ...{ image_urls: 'image-url[..1]', seed: 'integer' },
  },
  'omni-flash': {
    ...{ ...VEO, duration: 'integer 4|6|8|10', image_urls: 'image-url[0,1,3]', video_urls: 'video-url[..1]' },
  },
  'grok-imagine-video-1.5': edit(
    { prompt, duration: 'integer 1..15', resolution: 'string 480p|720p' },
    '1..1',
  ),
  'kling-3.0-motion-control': {
    ...{
      prompt: 'string ..2500',
      character_orientation: '!string image|video',
      image_urls: '!image-url[1..1]',
    },
    ...{ resolution: 'string 720p|1080p', video_urls: '!video-url[1..1]' },
  },
  'generate-music': {
    ...{ prompt, audio_weight: 'number', custom_mode: '!boolean', instrumental: '!boolean', mv: '!string' },
    ...{ negative_tags: 'string', persona_id: 'string', style: 'string', style_weight: 'number' },
    ...{ title: 'string', vocal_gender: 'string m|f', weirdness_constraint: 'number' },
  },
  'minimax-music-2.6': {
    'audio_setting.bitrate': 'integer 32000|64000|128000|256000',
    'audio_setting.format': 'string mp3|wav|pcm',
    'audio_setting.sample_rate': 'integer 16000|24000|32000|44100',
    ...{ is_instrumental: 'boolean', lyrics: 'string ..3500', lyrics_optimizer: 'boolean' },
    prompt: '!string 10..2000',
  },
  'meshy-6-text-to-3d': {
    ...{ ...MESHY, prompt, enable_prompt_expansion: 'boolean', mode: 'string', should_remesh: 'boolean' },
    symmetry_mode: 'string',
  },
  'meshy-6-image-to-3d': edit(MESHY, '1..1', { should_texture: 'boolean' }),
  'meshy-6-multi-image-to-3d': edit(MESHY, '1..', { should_texture: 'boolean' }),
  'tripo3d-h3.1-text-to-3d': { ...TRIPO_H, prompt, negative_prompt: 'string' },
  'tripo3d-h3.1-image-to-3d': edit(TRIPO_H, '1..1'),
  'tripo3d-h3.1-multiview-to-3d': edit(TRIPO_H, '2..'),
  'tripo3d-p1-text-to-3d': { ...TRIPO_P, prompt },
  'tripo3d-p1-image-to-3d': edit(TRIPO_P, '1..1'),
};
