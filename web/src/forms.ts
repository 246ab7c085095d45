import type { Api } from './api.js';
import { element } from './dom.js';
import type { Messages } from './messages.js';

interface Field {
  readonly name: string;
  readonly label: string;
  readonly type?: string;
  readonly autocomplete: string;
}

function form(
  heading: string,
  fields: readonly Field[],
  button: string,
  hint: string | null,
  submit: (values: Record<string, string>) => Promise<void>,
): HTMLElement {
  const error = element('p', { role: 'alert', class: 'error' });
  const send = element('button', { type: 'submit' }, button);
  const inputs = fields.map(({ name, label, type = 'text', autocomplete }) =>
    element(
      'label',
      {},
      label,
      element('input', { name, type, autocomplete, required: true, autocapitalize: 'none', spellcheck: 'false' }),
    ),
  );
  const made = element(
    'form',
    { class: 'card' },
    element('h1', {}, heading),
    ...inputs,
    hint ? element('p', { class: 'hint' }, hint) : null,
    error,
    send,
  );
  made.addEventListener('submit', (event) => {
    event.preventDefault();
    send.disabled = true;
    error.textContent = '';
    submit(Object.fromEntries([...new FormData(made)].map(([key, value]) => [key, String(value)])))
      .catch((problem: unknown) => {
        error.textContent = problem instanceof Error ? problem.message : String(problem);
      })
      .finally(() => {
        send.disabled = false;
      });
  });
  return made;
}

export function loginForm(api: Api, texts: Messages, loggedIn: () => void, firstUse: () => void): HTMLElement {
  const made = form(
    texts.login,
    [
      { name: 'login', label: texts.loginName, autocomplete: 'username' },
      { name: 'password', label: texts.password, type: 'password', autocomplete: 'current-password' },
    ],
    texts.login,
    null,
    async ({ login = '', password = '' }) => {
      await api.logIn(login, password);
      loggedIn();
    },
  );
  return element(
    'div',
    { class: 'centre' },
    element('p', { class: 'brand' }, 'Vang'),
    made,
    link(texts.firstUse, firstUse),
  );
}

export function setupForm(api: Api, texts: Messages, loggedIn: () => void, back: () => void): HTMLElement {
  const made = form(
    texts.firstUse,
    [
      { name: 'code', label: texts.setupCode, autocomplete: 'off' },
      { name: 'name', label: texts.personName, autocomplete: 'name' },
      { name: 'login', label: texts.loginName, autocomplete: 'username' },
      { name: 'password', label: texts.password, type: 'password', autocomplete: 'new-password' },
    ],
    texts.createAdministrator,
    texts.setupHint,
    async ({ code = '', name = '', login = '', password = '' }) => {
      await api.setUp({ code, name, login, password });
      await api.logIn(login, password);
      loggedIn();
    },
  );
  return element(
    'div',
    { class: 'centre' },
    element('p', { class: 'brand' }, 'Vang'),
    made,
    link(texts.backToLogin, back),
  );
}

export function link(text: string, act: () => void): HTMLElement {
  const made = element('button', { type: 'button', class: 'link' }, text);
  made.addEventListener('click', act);
  return made;
}
