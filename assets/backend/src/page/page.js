import { ApiError, follow, read, send, token } from './api.js';
import { createCards } from './cards.js';
import { buildForm, element } from './form.js';

const at = (id) => document.getElementById(id);
const PAGE = 20;
const PRICE_MS = 400;
const CONNECTION = { connecting: 'Connecting', live: 'Live', lost: 'Not connected: what you see may be old. Trying again' };

let session = null;
let nextPage = null;
let form = null;
/** What holds back the generation that changed last. */
let waiting = null;
/** The key of what the form holds now: the same however often it is sent, another when something is changed. */
let key = null;

const cards = createCards(at('cards'), {
  onFailure: showFailure,
  onChange(generation, before) {
    at('empty').hidden = cards.size > 0;
    if (generation !== null && before !== undefined && before !== generation.status)
      at('announcer').textContent = `${generation.model}: ${generation.status.replace('_', ' ')}`;
  },
});

// Signing in and out

function showSignIn(message = '') {
  session?.abort();
  session = null;
  token.forget();
  cards.clear();
  at('work').hidden = at('sign-out').hidden = at('connection').hidden = true;
  at('sign-in').hidden = false;
  at('sign-in-error').textContent = message;
  at('token').value = '';
  at('token').focus();
}

async function signIn(value) {
  token.keep(value);
  try {
    const { models } = await read('/v1/models');
    showModels(models);
  } catch (error) {
    return showSignIn(error.status === 401 ? 'This token is not known here.' : error.message);
  }
  at('sign-in').hidden = true;
  at('work').hidden = at('sign-out').hidden = at('connection').hidden = false;
  session = new AbortController();
  showConnection('connecting');
  void follow({ signal: session.signal, onEvent, onConnection: showConnection, onSignedOut: () => showSignIn('You are signed out: the token is no longer valid.') });
}

/** @param state `connecting`, `live` or `lost` */
function showConnection(state) {
  at('connection').textContent = CONNECTION[state];
  at('connection').className = `connection ${state}`;
}

/** Shows a failure where the user is: at the form. */
function showFailure(error) {
  if (error instanceof ApiError && error.status === 401) return showSignIn('You are signed out: the token is no longer valid.');
  at('form-error').textContent = error.message;
}

// The list

function onEvent(event, data) {
  if (event === 'generation') {
    cards.put(data);
    // What holds one back holds others back, too: nothing announces that for each of them.
    if (data.waiting !== null && data.waiting !== waiting) void readList();
    waiting = data.waiting;
  }
  else if (event === 'deleted') cards.drop(data.id);
  else void readList();
}

async function readList() {
  try {
    const { generations, next } = await read(`/v1/generations?limit=${PAGE}`);
    for (const generation of generations) cards.put(generation);
    cards.keep(new Set(generations.map(({ id }) => id)), next === null ? '' : generations.at(-1).createdAt);
    showNext(next);
  } catch (error) {
    showFailure(error);
  }
}

function showNext(next) {
  nextPage = next;
  at('more').hidden = next === null;
  at('empty').hidden = cards.size > 0;
}

// The form

function showModels(models) {
  const groups = Map.groupBy(models, ({ provider }) => provider);
  at('model').replaceChildren(
    ...[...groups].map(([provider, ones]) =>
      element(
        'optgroup',
        { label: ones[0].sandbox ? `${provider} (sandbox)` : provider },
        ...ones.map(({ model }) => element('option', { value: `${provider}/${model}`, textContent: model })),
      ),
    ),
  );
  const usual = models.find(({ model }) => model === 't2v');
  if (usual !== undefined) at('model').value = `${usual.provider}/${usual.model}`;
  void showModel();
}

async function showModel() {
  const chosen = at('model').value;
  try {
    const contract = await read(`/v1/models/${chosen.split('/').map(encodeURIComponent).join('/')}`);
    if (at('model').value !== chosen) return;
    form = buildForm(at('fields'), contract);
    at('sandbox-note').hidden = !contract.sandbox;
    startAnew();
  } catch (error) {
    showFailure(error);
  }
}

/** What the form holds is another request from now on. */
function startAnew() {
  key = null;
  at('submit').disabled = false;
  at('submit').textContent = 'Generate';
  at('another').hidden = true;
  at('form-error').textContent = '';
  void showPriceSoon();
}

async function readRequest(isForPrice) {
  const [provider, model] = at('model').value.split('/');
  const maxCredits = at('max-credits').value === '' ? null : Number(at('max-credits').value);
  return { provider, model, payload: await form.read(isForPrice), maxCredits };
}

let priceTimer;
let priceCount = 0;
function showPriceSoon() {
  clearTimeout(priceTimer);
  priceTimer = setTimeout(showPrice, PRICE_MS);
}

async function showPrice() {
  priceCount += 1;
  const count = priceCount;
  let text = ['Price: shown when the required fields are filled in'];
  try {
    const body = JSON.stringify(await readRequest(true));
    const { credits } = await (await send('POST', '/v1/estimates', { body })).json();
    if (credits === null) text = ['Price: not known before the service says it'];
    else {
      const { least, most, asOf } = credits;
      const range = least === most ? `${most}` : `${least} to ${most}`;
      text = ['Estimated price: ', element('strong', { textContent: `${range} credits` }), element('span', { className: 'hint', textContent: ` prices of ${asOf}` })];
    }
  } catch (error) {
    if (error.status !== 422 && error.status !== 400) text = [`Price: ${error.message}`];
  }
  if (count === priceCount) at('price').replaceChildren(...text);
}

/** crypto.randomUUID is there for https and this machine alone. */
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

async function submit() {
  at('submit').disabled = true;
  at('submit').textContent = 'Sending…';
  at('form-error').textContent = '';
  try {
    const request = await readRequest(false);
    key ??= newKey();
    const answer = await send('POST', '/v1/generations', { body: JSON.stringify(request), headers: { 'idempotency-key': key } });
    const generation = await answer.json();
    form.show([]);
    if (!cards.has(generation.id)) cards.put(generation);
    at('announcer').textContent = `${generation.model}: submitted`;
    at('submit').textContent = 'Sent';
    at('another').hidden = false;
    if (document.activeElement === document.body) at('another').focus();
    // Below a long form on a phone, nobody would see that it has begun.
    if (matchMedia('(max-width: 860px)').matches) at('list-title').scrollIntoView({ block: 'start' });
  } catch (error) {
    at('submit').disabled = false;
    at('submit').textContent = 'Generate';
    if (error instanceof ApiError && error.status === 0)
      return showFailure(new Error('The server did not answer. Press Generate again: it is the same request and is charged once.'));
    const left = form.show(error.problem?.issues ?? []);
    if (error.problem?.issues === undefined) showFailure(error);
    else at('form-error').textContent = left.join(' ');
  }
}

at('sign-in-form').addEventListener('submit', (event) => {
  event.preventDefault();
  void signIn(at('token').value.trim());
});
at('demo').addEventListener('click', () => void signIn(document.body.dataset.demoToken));
at('sign-out').addEventListener('click', () => showSignIn());
at('model').addEventListener('change', () => void showModel());
at('new').addEventListener('input', (event) => {
  if (event.target !== at('model')) startAnew();
});
at('new').addEventListener('submit', (event) => {
  event.preventDefault();
  if (form !== null && !at('submit').disabled) void submit();
});
at('another').addEventListener('click', () => {
  startAnew();
  at('submit').focus();
});
at('more').addEventListener('click', async () => {
  try {
    const { generations, next } = await read(`/v1/generations?limit=${PAGE}&cursor=${encodeURIComponent(nextPage)}`);
    for (const generation of generations) cards.put(generation);
    showNext(next);
  } catch (error) {
    showFailure(error);
  }
});
setInterval(() => cards.tick(), 1000);

at('demo').hidden = document.body.dataset.demoToken === '';
if (token.read() === null) showSignIn();
else void signIn(token.read());
