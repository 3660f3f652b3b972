// The list of generations: one card each, which stays the same element while its generation changes.
import { send } from './api.js';
import { element } from './form.js';

const ENDED = new Set(['succeeded', 'failed', 'cancelled', 'rejected']);
const WORDS = {
  queued: ['Waiting to be submitted', ''],
  submitting: ['Submitting', ''],
  reconciling: ['Finding out whether it was accepted', 'warn'],
  pending: ['Accepted', ''],
  running: ['Running', ''],
  saving: ['Storing the result', ''],
  succeeded: ['Done', 'good'],
  failed: ['Failed', 'bad'],
  cancelled: ['Cancelled', 'off'],
  rejected: ['Not accepted', 'bad'],
  needs_attention: ['Needs a person', 'warn'],
};

const WAITING = {
  credits: 'The account at the service has too few credits. This is submitted by itself when there are enough.',
  key: 'The service does not accept the API key of this installation. This is submitted by itself when its operator has mended that.',
  service: 'The service asks to wait, or cannot be reached. This is submitted by itself when it answers again.',
  limit: 'You have as many running as are allowed. This is submitted by itself when one of them has ended.',
};

/** @param list the element that holds the cards */
export function createCards(list, { onFailure, onChange }) {
  const cards = new Map();

  function put(generation) {
    const known = cards.get(generation.id);
    const card = known ?? { box: element('li', { className: 'panel card' }), urls: new Map() };
    const before = card.generation?.status;
    card.generation = generation;
    cards.set(generation.id, card);
    render(card);
    if (known === undefined) {
      const next = [...cards.values()].find(({ box, generation: other }) => box.isConnected && other.createdAt < generation.createdAt);
      list.insertBefore(card.box, next?.box ?? null);
    }
    onChange(generation, before);
  }

  function drop(id) {
    const card = cards.get(id);
    if (card === undefined) return;
    for (const url of card.urls.values()) void url.then(URL.revokeObjectURL, () => {});
    const focused = card.box.contains(document.activeElement);
    const next = card.box.nextElementSibling ?? card.box.previousElementSibling;
    card.box.remove();
    cards.delete(id);
    if (focused) next?.querySelector('button, a')?.focus();
    onChange(null);
  }

  async function act(button, work) {
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      onFailure(error);
    } finally {
      button.disabled = false;
    }
  }

  function render(card) {
    const { box, generation } = card;
    const { provider, model, prompt, status, error, attention, waiting, files, sandbox } = generation;
    const [word, tone] = WORDS[status] ?? [status, ''];
    // A clip that is playing stays; everything else is written anew.
    card.media ??= element('div', { className: 'media', hidden: true });
    if (files.length > 0 && card.media.hidden) void showFiles(card);
    const { activeElement } = document;
    const focused = box.contains(activeElement) ? activeElement.dataset.act : undefined;
    card.facts = element('p', { className: 'facts' });
    const body = element(
      'div',
      { className: 'body' },
      element(
        'div',
        { className: 'top' },
        element('h3', { textContent: model }),
        element('span', { className: `status ${tone}`, textContent: word }),
      ),
      card.facts,
      prompt ? element('p', { className: 'said', textContent: prompt }) : null,
      attention ? element('p', { className: 'notice attention', textContent: attention }) : null,
      waiting ? element('p', { className: 'notice waiting', textContent: WAITING[waiting] ?? waiting }) : null,
      error ? element('p', { className: 'notice', textContent: `${error.message} (${error.code})` }) : null,
      element('div', { className: 'row' }, ...actions(card, `${model} of ${provider}`)),
    );
    const isBusy = !ENDED.has(status) && status !== 'needs_attention';
    card.origin = sandbox ? `${provider} (sandbox)` : provider;
    box.dataset.status = status;
    box.replaceChildren(card.media, ...(isBusy ? [element('div', { className: 'progress' })] : []), body);
    if (focused) box.querySelector(`[data-act="${focused}"]`)?.focus();
    age(card);
  }

  function actions(card, what) {
    const { id, status, files } = card.generation;
    const button = (act_, textContent, work) => {
      const made = element('button', { type: 'button', textContent, 'aria-label': `${textContent} ${what}` });
      made.dataset.act = act_;
      made.addEventListener('click', () => act(made, work));
      return made;
    };
    const save = files.map(({ n, url, mediaType }) =>
      button(`save-${n}`, files.length > 1 ? `Save ${n}` : 'Save', async () => {
        const link = element('a', { href: await blobUrl(card, n, url), download: `${id}-${n}.${extension(mediaType)}` });
        link.click();
      }),
    );
    const isEnded = ENDED.has(status);
    const end = isEnded
      ? button('delete', 'Delete', async () => {
          if (!confirm('Delete this generation with its files and its prompt?')) return;
          await send('DELETE', `/v1/generations/${id}`);
          drop(id);
        })
      : button('cancel', 'Cancel', async () => put(await (await send('POST', `/v1/generations/${id}/cancel`)).json()));
    return [...save, end];
  }

  /** Files need the token, so they are fetched and shown from the memory of this tab. */
  function blobUrl(card, n, path) {
    if (!card.urls.has(n)) {
      const url = send('GET', path).then(async (response) => URL.createObjectURL(await response.blob()));
      card.urls.set(n, url);
      url.catch(() => card.urls.delete(n));
    }
    return card.urls.get(n);
  }

  async function showFiles(card) {
    const shown = card.generation.files.filter(({ mediaType }) => /^(video|image|audio)\//.test(mediaType));
    if (shown.length === 0) return;
    card.media.hidden = false;
    try {
      await isVisible(card.box);
      const made = shown.map(async ({ n, url, mediaType }) => {
        const src = await blobUrl(card, n, url);
        const label = `Result ${n} of ${card.generation.model}`;
        if (mediaType.startsWith('image/')) return element('img', { src, alt: label });
        if (mediaType.startsWith('audio/')) return element('audio', { src, controls: true, 'aria-label': label });
        return element('video', { src, controls: true, loop: true, muted: true, playsInline: true, 'aria-label': label });
      });
      card.media.replaceChildren(...(await Promise.all(made)));
    } catch (error) {
      card.media.replaceChildren(element('p', { className: 'error', textContent: `The result cannot be shown now: ${error.message}` }));
    }
  }

  function age({ facts, generation, origin }) {
    const { createdAt, endedAt, credits } = generation;
    const parts = [origin];
    const took = duration((endedAt === null ? Date.now() : Date.parse(endedAt)) - Date.parse(createdAt));
    parts.push(endedAt === null ? `for ${took}` : `took ${took}, ${ago(Date.now() - Date.parse(endedAt))}`);
    if (credits.charged !== null) parts.push(amount(credits.charged));
    else if (credits.quoted !== null) parts.push(`about ${amount(credits.quoted)}`);
    if (credits.refunded) parts.push(`${amount(credits.refunded)} refunded`);
    const text = parts.join(' · ');
    if (facts.textContent !== text) facts.textContent = text;
  }

  return {
    put,
    drop,
    has: (id) => cards.has(id),
    get size() {
      return cards.size;
    },
    /** Leaves only those; for a list that was read anew. @param from the oldest creation time that was read */
    keep(ids, from) {
      for (const [id, { generation }] of [...cards]) if (!ids.has(id) && generation.createdAt >= from) drop(id);
    },
    tick() {
      for (const card of cards.values()) age(card);
    },
    clear() {
      for (const id of [...cards.keys()]) drop(id);
    },
  };
}

/** Resolves when the element is near what the user sees: a long list must not fetch all its clips. */
function isVisible(box) {
  return new Promise((resolve) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        resolve();
      },
      { rootMargin: '300px' },
    );
    observer.observe(box);
  });
}

const amount = (credits) => `${credits} credit${credits === 1 ? '' : 's'}`;
const EXTENSIONS = { jpeg: 'jpg', mpeg: 'mp3', 'gltf-binary': 'glb', quicktime: 'mov' };

function extension(mediaType) {
  const kind = mediaType.split('/')[1]?.replace(/^x-/, '') ?? 'bin';
  return EXTENSIONS[kind] ?? kind.replace(/[^a-z0-9]/g, '');
}

function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function ago(ms) {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ago` : `${Math.floor(hours / 24)} d ago`;
}
