import { button, element, write } from './dom.js';
import type { LoginTexts } from './login.js';
import { Refused, type Wire } from './wire.js';

interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly input: Readonly<Record<string, string | number>>;
}

interface FormParts {
  readonly heading: string;
  readonly notice: string | null;
  readonly fields: readonly Field[];
  readonly send: string;
  readonly other: HTMLElement;
  /** Its rejection is shown and leaves what was typed. */
  readonly submit: (values: Readonly<Record<string, string>>) => Promise<void>;
}

/** Asks who is there. `notice` says why, when a session ended in the middle. */
export function loginForm(
  api: Wire,
  texts: LoginTexts,
  notice: string | null,
  loggedIn: () => void,
  firstUse: () => void,
): HTMLElement {
  return form(texts, {
    heading: texts.login,
    notice,
    fields: [
      { name: 'login', label: texts.loginName, input: { autocomplete: 'username' } },
      { name: 'password', label: texts.password, input: { type: 'password', autocomplete: 'current-password' } },
    ],
    send: texts.login,
    other: button('link', texts.firstUse, firstUse),
    submit: async ({ login = '', password = '' }) => {
      await api.logIn(login, password);
      loggedIn();
    },
  });
}

/** Makes the first administrator, with the code of the service's log, and logs in. */
export function setupForm(api: Wire, texts: LoginTexts, loggedIn: () => void, back: () => void): HTMLElement {
  return form(texts, {
    heading: texts.firstUse,
    notice: null,
    fields: [
      { name: 'code', label: texts.setupCode, hint: texts.setupCodeHint, input: { autocomplete: 'off' } },
      { name: 'name', label: texts.personName, input: { autocomplete: 'name', maxlength: 100 } },
      { name: 'login', label: texts.loginName, hint: texts.loginHint, input: { autocomplete: 'username' } },
      {
        name: 'password',
        label: texts.password,
        hint: texts.passwordHint,
        input: { type: 'password', autocomplete: 'new-password', minlength: 10, maxlength: 200 },
      },
    ],
    send: texts.createAdministrator,
    other: button('link', texts.backToLogin, back),
    submit: async ({ code = '', name = '', login = '', password = '' }) => {
      await api.setUp({ code: code.trim(), name, login, password });
      await api.logIn(login, password);
      loggedIn();
    },
  });
}

function form(texts: LoginTexts, { heading, notice, fields, send, other, submit }: FormParts): HTMLElement {
  const error = element('p', { role: 'alert', class: 'error' });
  const sending = element('button', { type: 'submit' }, send);
  const made = element(
    'form',
    { class: 'card' },
    element('h1', {}, heading),
    notice ? element('p', { class: 'notice', role: 'status' }, notice) : null,
    ...fields.map(labelled),
    error,
    sending,
  );
  made.addEventListener('submit', (event) => {
    event.preventDefault();
    sending.disabled = true;
    write(error, '');
    submit(Object.fromEntries([...new FormData(made)].map(([key, value]) => [key, String(value)])))
      .catch((problem: unknown) => write(error, problem instanceof Refused ? problem.message : texts.offline))
      .finally(() => {
        sending.disabled = false;
      });
  });
  return element(
    'main',
    { class: 'centre' },
    element('p', { class: 'brand' }, 'Vang'),
    element('p', { class: 'tagline' }, texts.tagline),
    made,
    other,
  );
}

function labelled({ name, label, hint, input }: Field): HTMLElement {
  const hintId = `${name}-hint`;
  const field = element('input', {
    name,
    required: true,
    autocapitalize: name === 'name' ? 'words' : 'none',
    spellcheck: 'false',
    'aria-describedby': hint ? hintId : null,
    ...input,
  });
  return element(
    'div',
    { class: 'field' },
    element('label', {}, element('span', {}, label), field),
    hint ? element('p', { class: 'hint', id: hintId }, hint) : null,
  );
}
