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
const prompt = 'a lighthouse at dawn';
/** One picture, as most requests have it. */
const image_urls = pictures(1);
const wide = { aspect_ratio: '16:9' };

const found: Example[] = [];

type Row = Omit<Example, 'provider' | 'source' | 'date'>;

const takes = (model: string, input: JsonObject): Row => ({ model, input });
const refuses = (model: string, refusedAt: string, why: string, input: JsonObject): Row => ({
  ...{ model, input, refusedAt, why },
});

/** The examples of one source. */
function from(provider: Example['provider'], source: string, date: string, rows: Row[]): void {
  for (const row of rows) found.push({ ...{ provider, source, date }, ...row });
}

const examples = (path: string): [string, string] => [
  `APIDotAI/apidot-examples ${path}`,
  'commit date not visible; collected 2026-11-21',
];

from('apidot', ...examples('curl/image/gpt-image-2.md@8c20099'), [
  takes('gpt-image-2', { prompt, quality: 'low', size: '1:1', resolution: '1K' }),
  takes('gpt-image-2-edit', { prompt, quality: 'high', size: '2304x2048', resolution: '2K', image_urls }),
  refuses('gpt-image-2-edit', 'image_urls', 'an edit without images', { prompt, size: '1:1' }),
  refuses('gpt-image-2', 'image_urls', 'images for the text id', { prompt, image_urls }),
]);
from('apidot', 'APIDotAI/gpt-image-2-api README.md@990d492', 'not visible; siblings 2026-05-22 to 05-25', [
  refuses('gpt-image-2', 'n', 'listed as a cause of 400', { prompt, n: 1 }),
  refuses('gpt-image-2', 'resolution', 'a custom size needs 2K or 4K', {
    ...{ prompt, size: '3840x2160', resolution: '1K' },
  }),
]);
from('apidot', ...examples('curl/image/nano-banana-2.md@8c20099'), [
  takes('nano-banana-2', {
    ...{ prompt, resolution: '1K', size: 'auto', output_format: 'png', google_search: false },
  }),
  takes('nano-banana-2-edit', {
    ...{ prompt, resolution: '4K', size: '16:9', output_format: 'webp', google_search: false, image_urls },
  }),
  refuses('nano-banana-2-edit', 'image_urls', 'edit mode without images', { prompt }),
  refuses('nano-banana-2', 'enable_web_search', 'the switch of nano-banana-pro', {
    ...{ prompt, enable_web_search: true },
  }),
]);
from('apidot', ...examples('curl/image/nano-banana-pro.md@8c20099'), [
  takes('nano-banana-pro', {
    ...{ prompt, resolution: '1K', size: 'auto', output_format: 'png', enable_web_search: false },
  }),
  takes('nano-banana-pro-edit', {
    ...{ prompt, resolution: '4K', size: '16:9', output_format: 'png', enable_web_search: false, image_urls },
  }),
  refuses('nano-banana-pro', 'image_urls', 'the two ids do not take the same fields', { prompt, image_urls }),
]);
from('apidot', ...examples('curl/image/seedream-4-5.md@8c20099'), [
  takes('seedream-4.5', { prompt, size: '16:9', n: 1 }),
  takes('seedream-4.5-edit', { prompt, image_urls, size: '2K', n: 1 }),
  takes('seedream-4.5', { prompt, size: { width: 2304, height: 3072 }, n: 1 }),
  refuses('seedream-4.5-edit', 'image_urls', 'edit mode without images', { prompt, size: '2K' }),
]);
from('apidot', ...examples('curl/image/seedream-5-0-lite.md@ceb2438'), [
  takes('seedream-5.0-lite', { prompt, size: '1:1', n: 1 }),
  takes('seedream-5.0-lite-edit', { prompt, image_urls, size: '2K', n: 1 }),
  takes('seedream-5.0-lite', { prompt, size: { width: 2304, height: 1728 }, n: 1 }),
  refuses('seedream-5.0-lite', 'seed', 'the API is said to refuse it', { prompt, seed: 7 }),
  refuses('seedream-5.0-lite', 'image_urls', 'images for the text id', { prompt, image_urls }),
  refuses('seedream-5.0-lite-edit', 'n', 'more images in all than the limit', {
    ...{ prompt, image_urls: pictures(10), n: 6 },
  }),
]);
from('apidot', ...examples('curl/image/flux-2.md@ceb2438'), [
  takes('flux-2-pro', { prompt, size: '1:1', resolution: '1K' }),
  takes('flux-2-pro-edit', { prompt, image_urls, size: 'auto', resolution: '1K' }),
  takes('flux-2-flex', { prompt, size: '1:1', resolution: '2K' }),
  takes('flux-2-flex-edit', { prompt, image_urls, size: 'auto', resolution: '2K' }),
  refuses('flux-2-pro', 'image_urls', 'images for the text id', {
    ...{ prompt, size: '1:1', resolution: '1K', image_urls },
  }),
  refuses('flux-2-flex-edit', 'image_urls', 'more than 8 images', {
    ...{ prompt, image_urls: pictures(9), size: 'auto', resolution: '2K' },
  }),
  refuses('flux-2-pro', 'size', 'size left out', { prompt, resolution: '1K' }),
  refuses('flux-2-pro', 'resolution', 'resolution left out', { prompt, size: '1:1' }),
]);
from('apidot', ...examples('curl/image/flux-kontext.md@ceb2438'), [
  takes('flux-kontext-pro', { prompt, size: '16:9', output_format: 'png' }),
  takes('flux-kontext-pro-edit', { prompt, image_urls, size: '16:9', output_format: 'png' }),
  takes('flux-kontext-max', { prompt, size: '4:3', output_format: 'jpg' }),
  takes('flux-kontext-max-edit', { prompt, image_urls, size: '4:3', output_format: 'png' }),
  refuses('flux-kontext-max-edit', 'image_urls', 'several source images', {
    ...{ prompt, image_urls: pictures(2) },
  }),
  refuses('flux-kontext-max', 'image_urls', 'images for the text id', { prompt, image_urls }),
  refuses('flux-kontext-pro-edit', 'image_urls', 'an edit without images', { prompt }),
]);
from('apidot', ...examples('curl/image/wan-2-7-image.md@ceb2438'), [
  takes('wan-2.7-image', { prompt, size: '1024x1024', n: 1 }),
  takes('wan-2.7-image-pro', { prompt, size: '768x1024', n: 1 }),
  takes('wan-2.7-image', { prompt, image_urls, size: { width: 1280, height: 720 }, n: 1 }),
  refuses('wan-2.7-image', 'image_urls', 'more than 4 images', { prompt, image_urls: pictures(5) }),
  refuses('wan-2.7-image-pro', 'n', 'n outside of its range', { prompt, n: 5 }),
]);
from('apidot', ...examples('curl/image/z-image.md@ceb2438'), [
  takes('z-image', { prompt, size: '1:1', enable_safety_checker: true }),
  takes('z-image', { prompt, size: '16:9', enable_safety_checker: true }),
  refuses('z-image', 'image_urls', 'images, copied from another model', { prompt, size: '1:1', image_urls }),
  refuses('z-image', 'size', 'size left out', { prompt }),
  refuses('z-image', 'enable_safety_checker', 'a text for a boolean', {
    ...{ prompt, size: '1:1', enable_safety_checker: 'true' },
  }),
]);
from('apidot', 'APIDotAI/grok-imagine-image-quality-api README.md', '2026-07-03', [
  takes('grok-imagine-image-quality', {
    ...{ prompt, resolution: '2K', aspect_ratio: '1:1', output_format: 'png', n: 1 },
  }),
  takes('grok-imagine-image-quality', {
    ...{ prompt, image_urls: pictures(2, 'webp'), resolution: '2K', ...wide, output_format: 'webp', n: 1 },
  }),
  takes('grok-imagine-image-quality', {
    ...{ prompt, resolution: '1K', aspect_ratio: '3:2', output_format: 'jpeg', n: 3 },
  }),
  refuses('grok-imagine-image-quality', 'image_urls', 'more than three images', {
    ...{ prompt, image_urls: pictures(4) },
  }),
  refuses('grok-imagine-image-quality', 'resolution', 'a resolution that is not listed', {
    ...{ prompt, resolution: '4K' },
  }),
]);
from('apidot', ...examples('curl/video/seedance-2.md@d5fe68f'), [
  takes('seedance-2', { prompt, duration: 5, ...wide, resolution: '720p', generate_audio: true }),
  takes('seedance-2-fast', { prompt, duration: 5, ...wide, resolution: '720p', generate_audio: true }),
]);
from('apidot', 'APIDotAI/seedance-2-api README.md', '2026-05-22 to 2026-05-25', [
  refuses('seedance-2', 'reference_image_urls', 'two ways of control mixed', {
    ...{ prompt, duration: 5, resolution: '720p', image_urls, reference_image_urls: image_urls },
  }),
  refuses('seedance-2-fast', 'resolution', '1080p is for seedance-2', {
    ...{ prompt, duration: 5, resolution: '1080p' },
  }),
  refuses('seedance-2', 'image_urls', 'up to two frames', {
    ...{ prompt, duration: 5, resolution: '720p', image_urls: pictures(3) },
  }),
  refuses('seedance-2', 'duration', 'a text for a number', { prompt, duration: '5', resolution: '720p' }),
]);
from('apidot', ...examples('curl/video/veo-3-1.md@d5fe68f'), [
  takes('veo3.1-lite', { prompt, duration: 8, ...wide, resolution: '720p' }),
  takes('veo3.1-fast', { prompt, duration: 8, ...wide, resolution: '720p' }),
  takes('veo3.1-fast', {
    ...{ prompt, duration: 8, ...wide, resolution: '1080p', generate_type: 'frame' },
    ...{ image_urls: pictures(2, 'webp') },
  }),
  takes('veo3.1-fast', {
    ...{ prompt, duration: 8, ...wide, resolution: '1080p', generate_type: 'reference' },
    ...{ image_urls: pictures(3, 'webp') },
  }),
  takes('veo3.1-quality', { prompt, duration: 8, ...wide, resolution: '4k' }),
  refuses('veo3.1-fast', 'generate_type', 'images without the fitting generate_type', {
    ...{ prompt, image_urls: pictures(3) },
  }),
  refuses('veo3.1-quality', 'generate_type', 'the same', { prompt, image_urls: pictures(2) }),
]);
from('apidot', "docs page veo-3-1 in the website's source (coolhackboy/apidot)", '2026-04-23', [
  takes('veo3.1-quality', { prompt, generate_type: 'frame', image_urls: pictures(2) }),
  refuses('veo3.1-quality', 'generate_type', 'reference is for veo3.1-fast', {
    ...{ prompt, generate_type: 'reference', image_urls: pictures(2) },
  }),
  refuses('veo3.1-lite', 'image_urls', 'shown as an error of the service', { prompt, image_urls }),
]);
from('apidot', 'PoyoAPI/poyo-devtools capability catalogue: another service, not APIDot', '2026-08-07', [
  refuses('veo3.1-fast', 'generation_type', 'its name for generate_type', {
    ...{ prompt, generation_type: 'frame', image_urls: pictures(2) },
  }),
  refuses('veo3.1-lite', 'duration', 'its lengths', { prompt, duration: 4 }),
  refuses('seedance-2', 'resolution', 'its resolutions', { prompt, duration: 5, resolution: '4k' }),
]);
from('apidot', ...examples('curl/video/sora-2-official.md@d5fe68f'), [
  takes('sora-2-official', { prompt, duration: 8, ...wide }),
  takes('sora-2-pro-official', {
    ...{ prompt, duration: 8, aspect_ratio: 'auto', resolution: '1024p', image_urls: pictures(1, 'webp') },
  }),
  refuses('sora-2-pro-official', 'image_urls', 'image-guided without an image', {
    ...{ prompt, aspect_ratio: 'auto' },
  }),
  refuses('sora-2-official', 'resolution', 'a field of the pro id', { prompt, resolution: '720p' }),
]);
const horse = { resolution: '1080p', seed: 12345, enable_safety_checker: true };
from('apidot', ...examples('curl/video/happy-horse.md@d5fe68f'), [
  takes('happy-horse', { prompt, duration: 5, ...wide, ...horse }),
  takes('happy-horse', { prompt, image_urls: pictures(1, 'webp'), duration: 5, ...horse }),
  takes('happy-horse', { prompt, reference_image_urls: pictures(2, 'webp'), duration: 6, ...wide, ...horse }),
  takes('happy-horse', {
    ...{ prompt, video_url: MP4, reference_image_urls: pictures(1, 'webp'), audio_setting: 'auto', ...horse },
  }),
]);
from(
  'apidot',
  'APIDotAI/happy-horse-api README.md@bf4a748',
  'not visible; worded like siblings of 2026-07-06',
  [
    refuses('happy-horse', 'duration', 'not in video edit', { prompt, video_url: MP4, duration: 5 }),
    refuses('happy-horse', 'aspect_ratio', 'not in image to video', { prompt, image_urls, ...wide }),
    refuses('happy-horse', 'audio_setting', 'in video edit only', { prompt, audio_setting: 'auto' }),
  ],
);
from('apidot', 'APIDotAI/wan-2-7-video-api README.md', '2026-07-04', [
  takes('wan2.7-text-to-video', { prompt, ...wide, resolution: '720p', duration: 5 }),
  takes('wan2.7-text-to-video', {
    ...{ prompt, ...wide, resolution: '720p', duration: 5, audio_url: file('mp3'), seed: 24680 },
    ...{ enable_safety_checker: true },
  }),
  takes('wan2.7-image-to-video', {
    ...{ image_urls: pictures(2, 'webp'), prompt, resolution: '1080p', duration: 6 },
    ...{ audio_url: file('mp3'), multi_shots: false },
  }),
  takes('wan2.7-reference-to-video', {
    ...{ prompt, reference_image_urls: pictures(1, 'webp'), reference_video_urls: [MP4] },
    ...{ aspect_ratio: '9:16', resolution: '720p', duration: 5, multi_shots: true },
  }),
  takes('wan2.7-edit-video', {
    ...{ prompt, video_url: MP4, reference_image_url: file('webp'), ...wide, resolution: '1080p' },
    ...{ duration: 0, multi_shots: false, audio_setting: 'auto' },
  }),
  refuses('wan2.7-image-to-video', 'video_url', 'said not to be sent', { image_urls, video_url: MP4 }),
  refuses('wan2.7-reference-to-video', 'reference_image_urls', 'no reference at all', { prompt }),
  refuses('wan2.7-text-to-video', 'duration', '5, 10 or 15', { prompt, duration: 6 }),
]);
from('apidot', 'APIDotAI/runway-gen-4-5-api README.md', '2026-07-04', [
  takes('runway-gen-4.5', { prompt, duration: 5, ...wide }),
  takes('runway-gen-4.5', {
    ...{ prompt, duration: 10, aspect_ratio: '1:1', image_urls: pictures(1, 'webp'), seed: 12345 },
  }),
  refuses('runway-gen-4.5', 'aspect_ratio', 'a shape that needs an image', { prompt, aspect_ratio: '1:1' }),
  refuses('runway-gen-4.5', 'image_urls', 'more than one image', { prompt, image_urls: pictures(2) }),
]);
from('apidot', 'APIDotAI/omni-flash-api README.md', '2026-07-03', [
  takes('omni-flash', { prompt, resolution: '720p', duration: 6, ...wide }),
  takes('omni-flash', { prompt, image_urls: pictures(1, 'webp'), resolution: '1080p', duration: 6, ...wide }),
  takes('omni-flash', {
    ...{ prompt, image_urls: pictures(3, 'webp'), resolution: '1080p', duration: 8, aspect_ratio: '9:16' },
  }),
  takes('omni-flash', { prompt, video_urls: [MP4], resolution: '1080p', ...wide }),
  refuses('omni-flash', 'image_urls', 'two images', { prompt, image_urls: pictures(2) }),
  refuses('omni-flash', 'video_urls', 'more than one video', { prompt, video_urls: [MP4, MP4] }),
  refuses('omni-flash', 'duration', 'duration with a video', { prompt, video_urls: [MP4], duration: 6 }),
]);
from('apidot', 'APIDotAI/grok-imagine-video-1.5-api README.md', '2026-07-03', [
  takes('grok-imagine-video-1.5', {
    ...{ prompt, image_urls: pictures(1, 'webp'), resolution: '720p', duration: 6 },
  }),
  takes('grok-imagine-video-1.5', {
    ...{ prompt, image_urls: pictures(1, 'webp'), resolution: '480p', duration: 4 },
  }),
  refuses('grok-imagine-video-1.5', 'image_urls', 'no image', { prompt, resolution: '720p' }),
  refuses('grok-imagine-video-1.5', 'image_urls', 'more than one image', { prompt, image_urls: pictures(2) }),
]);
const motion = { image_urls, video_urls: [MP4] };
from('apidot', 'APIDotAI/kling-3-0-motion-control-api README.md', '2026-07-04', [
  takes('kling-3.0-motion-control', {
    ...{ prompt, ...motion, character_orientation: 'image', resolution: '720p' },
  }),
  takes('kling-3.0-motion-control', {
    ...{ prompt, ...motion, video_urls: [file('mov')], character_orientation: 'video', resolution: '1080p' },
  }),
  refuses('kling-3.0-motion-control', 'image_urls[0]', 'JPEG or PNG', {
    ...{ ...motion, image_urls: pictures(1, 'webp'), character_orientation: 'image' },
  }),
  refuses('kling-3.0-motion-control', 'video_urls[0]', 'MP4 or MOV', {
    ...{ ...motion, video_urls: [file('webm')], character_orientation: 'image' },
  }),
]);
from('apidot', ...examples('curl/music/generate-music.md@3fe7698'), [
  takes('generate-music', {
    ...{ prompt, style: 'Classical', title: 'Lamp', custom_mode: true, instrumental: true, mv: 'V5_5' },
    ...{ negative_tags: 'drums', style_weight: 0.65 },
  }),
  takes('generate-music', { prompt, custom_mode: false, instrumental: false, mv: 'V4' }),
  takes('generate-music', {
    ...{ prompt, style: 'Pop', title: 'Lamp', custom_mode: true, instrumental: false, mv: 'V5' },
    ...{ vocal_gender: 'f', style_weight: 0.7, weirdness_constraint: 0.35, audio_weight: 0.5 },
  }),
  refuses('generate-music', 'style', 'fields of two modes mixed', {
    ...{ prompt, custom_mode: false, instrumental: false, mv: 'V4', style: 'Pop' },
  }),
]);
const sound = { audio_setting: { sample_rate: 44100, bitrate: 256000, format: 'mp3' } };
from('apidot', ...examples('curl/music/minimax-music-2-6.md@3fe7698'), [
  takes('minimax-music-2.6', { prompt, lyrics_optimizer: true, ...sound }),
]);
from('apidot', "docs page minimax-music-2-6 in the website's source (coolhackboy/apidot)", '2026-04-24', [
  takes('minimax-music-2.6', { prompt, lyrics: 'the lamp goes round' }),
  refuses('minimax-music-2.6', 'lyrics', 'shown as an error of the service', { prompt }),
  refuses('minimax-music-2.6', 'prompt', 'fewer than 10 characters', {
    ...{ prompt: 'short', is_instrumental: true },
  }),
]);
const mesh = { topology: 'triangle', target_polycount: 30000, enable_pbr: true, enable_safety_checker: true };
from('apidot', ...examples('curl/3d/meshy-6-3d.md@e17b45f'), [
  takes('meshy-6-text-to-3d', {
    ...{ prompt, mode: 'full', should_remesh: true, symmetry_mode: 'auto', ...mesh },
    ...{ enable_prompt_expansion: true },
  }),
  takes('meshy-6-image-to-3d', { image_urls, should_texture: true, ...mesh }),
  takes('meshy-6-multi-image-to-3d', { image_urls: pictures(2), should_texture: true, ...mesh }),
  refuses('meshy-6-image-to-3d', 'mode', 'a field of the text id', { image_urls, mode: 'full' }),
]);
const tripo = {
  ...{ face_limit: 100000, texture: true, texture_quality: 'standard', pbr: true },
  ...{ geometry_quality: 'standard', auto_size: true, quad: false },
};
from('apidot', ...examples('curl/3d/tripo-h31-3d.md@e17b45f'), [
  takes('tripo3d-h3.1-text-to-3d', { prompt, negative_prompt: 'fog', ...tripo }),
  takes('tripo3d-h3.1-image-to-3d', { image_urls, ...tripo }),
  takes('tripo3d-h3.1-multiview-to-3d', { image_urls: pictures(3), ...tripo }),
  refuses('tripo3d-h3.1-multiview-to-3d', 'image_urls', 'too few views', { image_urls, ...tripo }),
]);
from('apidot', ...examples('curl/3d/tripo-p1-3d.md@e17b45f'), [
  takes('tripo3d-p1-text-to-3d', { prompt, face_limit: 12000, texture: true, model_seed: 12345 }),
  takes('tripo3d-p1-image-to-3d', { image_urls, face_limit: 12000, texture: true, model_seed: 12345 }),
]);

const run = 'real run of all eight models (jushenzhidao/new-api-plugins)';
const png = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB';
from('aivideomaker', run, '2026-09-17', [
  takes('t2v', { prompt, aspectRatio: '16:9', duration: '5' }),
  takes('i2v', { image: file('png'), prompt, duration: '5' }),
  takes('minimax', { content: prompt, duration: 5, resolution: '720p' }),
  takes('t2v_v3', { prompt, aspectRatio: '16:9', duration: '5' }),
  takes('i2v_v3', { image: file('png'), duration: '5' }),
  takes('seedance20', { prompt, duration: 4, resolution: 480, ratio: '16:9' }),
  takes('wan27', { prompt, duration: '5', resolution: '720P', ratio: '16:9', promptExtend: true }),
  takes('happyhorse', { prompt, image: pictures(2), duration: 3, resolution: '720P' }),
]);
from('aivideomaker', 'published skill ai-video-maker 1.0.1 and 1.0.12', 'March 2026', [
  takes('t2v', { prompt, aspectRatio: '9:16', duration: '8', filterMode: 'strict' }),
  takes('i2v', { image: png, prompt: null, duration: '5', filterMode: 'custom' }),
  takes('lv', { image: png, prompt: ['dawn', 'noon', 'dusk'] }),
  refuses('lv', 'prompt', 'up to six prompts', { image: png, prompt: Array(7).fill('dawn') as Json[] }),
  refuses('t2v', 'duration', 'a number for a text', { prompt, aspectRatio: '16:9', duration: 5 }),
]);
from('aivideomaker', "the vendor's 8-model API document, and its OpenAPI document 1.0.15", '2026-09-13', [
  takes('minimax', {
    ...{ content: prompt, imageUrl: file('png'), lastFrameUrl: file('png'), tier: 'base' },
    ...{ aspectRatio: 'auto' },
  }),
  takes('minimax', { content: prompt, referenceImageUrls: pictures(4), referenceAudioUrls: [file('mp3')] }),
  takes('seedance20', {
    ...{ image: file('png'), audio: file('mp3'), duration: 5, resolution: 720, ratio: '9:16' },
  }),
  refuses('minimax', 'referenceImageUrls', 'frames exclude references', {
    ...{ content: prompt, imageUrl: file('png'), referenceImageUrls: pictures(1) },
  }),
  refuses('minimax', 'resolution', '480p is not supported', { content: prompt, resolution: '480p' }),
  refuses('seedance20', 'prompt', 'audio alone', {
    ...{ audio: file('mp3'), duration: 5, resolution: 720, ratio: '9:16' },
  }),
  refuses('minimax', 'content', 'one body does not fit two models', { prompt }),
  refuses('wan27', 'resolution', 'a small p', { prompt, duration: '5', resolution: '720p', ratio: '16:9' }),
  refuses('seedance20', 'resolution', 'a text for a number', {
    ...{ prompt, duration: 5, resolution: '720p', ratio: '16:9' },
  }),
]);
from(
  'aivideomaker',
  'third-party clients skate0414/ai-video and zjwjing/AIComicBuilder-1',
  '2026-04-18 to 2026-06-25',
  [
    refuses('i2v', 'aspect_ratio', 'a name that no contract has', { image: png, duration: '5', ...wide }),
    refuses('i2v', 'aspectRatio', 'a field that i2v does not have', {
      ...{ image: png, duration: '5', aspectRatio: '16:9' },
    }),
  ],
);
from('aivideomaker', 'translation tests of jushenzhidao/video-adapter', '2026-09-13 to 2026-09-16', [
  refuses('t2v', 'duration', 'a length between two prices', { prompt, aspectRatio: '16:9', duration: '7' }),
]);

export const CORPUS: readonly Example[] = found;
