// A form from a model's contract: JSON Schema with the keywords of contracts/README.md. What has no field of its own in
// HTML is written as JSON. The server checks everything again: this file only asks.

const LONG = /prompt|lyrics|text|description/i;
// Stands for a picture of this machine while only the price is asked for.
const PLACEHOLDER = 'https://example.com/input.png';

/** An element with properties, attributes (by names with a dash or `for`, `role`) and children. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/**
 * Fills `place` with the fields of a contract.
 * @returns the payload's reader, and `show` for the issues that the server found
 */
export function buildForm(place, { schema, example }) {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).map(([name, rule]) =>
    buildField(name, rule, required.has(name), example?.[name]),
  );
  const needed = fields.filter(({ name, isRequired }) => isRequired || name === 'prompt');
  const others = fields.filter((field) => !needed.includes(field));
  place.replaceChildren(...needed.map(({ box }) => box));
  if (others.length > 0)
    place.append(
      element('details', {}, element('summary', { textContent: `More settings (${others.length})` }), ...others.map(({ box }) => box)),
    );

  return {
    /** The payload. Fields that are left empty are left out. @param isForPrice without the bytes of pictures */
    async read(isForPrice = false) {
      const payload = {};
      for (const field of fields) {
        const value = await field.read(isForPrice);
        if (value !== undefined) payload[field.name] = value;
      }
      return payload;
    },
    /** Shows each issue at its field, and moves to the first one. Returns those that have no field. */
    show(issues) {
      for (const field of fields) field.tell('');
      const left = [];
      let first = null;
      for (const { path, expected, received, hint } of issues) {
        const name = /^payload\.([^.[]+)/.exec(path)?.[1];
        const field = fields.find((one) => one.name === name);
        const text = hint ? sentence(hint) : `Expected ${expected}; received ${received}.`;
        if (field === undefined) left.push(`${path}: ${text}`);
        else {
          field.tell(text);
          first ??= field;
        }
      }
      if (first !== null) {
        first.box.closest('details')?.setAttribute('open', '');
        first.control.focus();
      }
      return left;
    },
  };
}

const sentence = (text) => text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
const typesOf = (rule) => [rule.type ?? []].flat().filter((type) => type !== 'null');

function buildField(name, rule, isRequired, example) {
  const id = `field-${name}`;
  const error = element('p', { id: `${id}-error`, className: 'error' });
  const { control, extra = [], read } = controlFor(rule, isRequired ? example : undefined);
  control.id = id;
  control.setAttribute('aria-describedby', `${id}-hint ${id}-error`);
  if (isRequired) control.setAttribute('aria-required', 'true');
  for (const one of extra) one.setAttribute('aria-label', `${name}: choose a file`);
  const optional = isRequired ? null : element('span', { className: 'optional', textContent: ' optional' });
  const box = element(
    'div',
    { className: 'field' },
    element('label', { htmlFor: id }, words(name), optional),
    control,
    ...extra,
    element('p', { id: `${id}-hint`, className: 'hint', textContent: rule.description ?? '' }),
    error,
  );
  const tell = (text) => {
    error.textContent = text;
    if (text === '') control.removeAttribute('aria-invalid');
    else control.setAttribute('aria-invalid', 'true');
  };
  return { name, rule, isRequired, box, control, read, tell };
}

const words = (name) => {
  const spaced = name.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ').toLowerCase();
  return spaced[0].toUpperCase() + spaced.slice(1);
};

function controlFor(rule, example) {
  const [type, ...more] = typesOf(rule);
  const items = rule.items ?? {};
  if (rule.enum !== undefined) return choice(rule.enum.filter((value) => value !== null), rule, example);
  if (type === 'boolean') return choice([true, false], rule, undefined);
  if (type === 'integer' || type === 'number') return numeric(rule, type, example);
  const media = rule['x-media'] ?? items['x-media'];
  if (type === 'array' && typesOf(items)[0] === 'string') return lines(media);
  if (type !== 'string' || more.some((one) => one !== 'array')) return json(example);
  return media === undefined ? text(rule) : address(media, more.length > 0);
}

function choice(values, rule, example) {
  const names = { true: 'Yes', false: 'No' };
  const option = (value, index) => element('option', { value: String(index), textContent: names[value] ?? String(value) });
  const unset = rule.default === undefined ? 'As the service decides' : `${names[rule.default] ?? rule.default} (the default)`;
  const control = element('select', {}, element('option', { value: '', textContent: unset }), ...values.map(option));
  const usual = values.indexOf(example);
  if (usual !== -1) control.value = String(usual);
  return { control, read: () => (control.value === '' ? undefined : values[Number(control.value)]) };
}

function numeric(rule, type, example) {
  const control = element('input', { type: 'number', step: type === 'integer' ? '1' : 'any', inputMode: 'decimal' });
  if (rule.minimum !== undefined) control.min = rule.minimum;
  if (rule.maximum !== undefined) control.max = rule.maximum;
  if (rule.default !== undefined) control.placeholder = String(rule.default);
  else if (example !== undefined) control.value = String(example);
  return { control, read: () => (control.value === '' ? undefined : Number(control.value)) };
}

function text(rule) {
  const isLong = LONG.test(rule.description ?? '') || (rule.maxLength ?? 1000) > 200;
  const control = element(isLong ? 'textarea' : 'input', isLong ? { rows: 3 } : {});
  return { control, read: () => (control.value.trim() === '' ? undefined : control.value) };
}

/** A link, or where the service takes data URIs a picture of this machine. */
function address(media, isList) {
  const control = element('input', { type: 'url', placeholder: 'https://', autocomplete: 'off' });
  const file = media === 'image' ? element('input', { type: 'file', accept: 'image/*', multiple: isList }) : null;
  const read = async (isForPrice) => {
    const chosen = [...(file?.files ?? [])];
    if (chosen.length === 0) return control.value.trim() || undefined;
    const read = isForPrice ? chosen.map(() => PLACEHOLDER) : await Promise.all(chosen.map(dataUri));
    return read.length === 1 ? read[0] : read;
  };
  return { control, extra: file === null ? [] : [file], read };
}

function lines(media) {
  const control = element('textarea', { rows: 2, placeholder: media === undefined ? 'One a line' : 'https://   one a line' });
  const file = media === 'image' ? element('input', { type: 'file', accept: 'image/*', multiple: true }) : null;
  const read = async (isForPrice) => {
    const written = control.value.split('\n').map((line) => line.trim()).filter(Boolean);
    const chosen = [...(file?.files ?? [])];
    const added = isForPrice ? chosen.map(() => PLACEHOLDER) : await Promise.all(chosen.map(dataUri));
    const all = [...written, ...added];
    return all.length === 0 ? undefined : all;
  };
  return { control, extra: file === null ? [] : [file], read };
}

function json(example) {
  const control = element('textarea', { rows: 4, spellcheck: false, placeholder: example === undefined ? 'JSON' : JSON.stringify(example, null, 1) });
  const read = () => {
    const written = control.value.trim();
    if (written === '') return undefined;
    try {
      return JSON.parse(written);
    } catch {
      // The server says what is expected there.
      return written;
    }
  };
  return { control, read };
}

const dataUri = (file) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(new Error(`${file.name} cannot be read.`));
    reader.readAsDataURL(file);
  });
