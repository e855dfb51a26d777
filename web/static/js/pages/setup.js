/** The set-up page: the first therapist's name and language, with the secret from the fragment. */

import { ending } from '../core/sentences.js';
import { post, takeSetupSecret } from './entry.js';
import { readWords } from './words.js';

const { t } = readWords();
const secret = takeSetupSecret();
const form = /** @type {HTMLFormElement} */ (document.getElementById('setup'));
const notice = /** @type {HTMLElement} */ (document.getElementById('notice'));

/** @param {string} code */
function complain(code) {
  const sentences = {
    ...ending(code, t),
    ...(code === 'bad-link' || code === 'no-link' ? { todo: t('Please open the set-up link from the server’s first start. It works once.') } : {}),
  };
  notice.dataset['code'] = code;
  notice.textContent = `${sentences.happened} ${sentences.todo}`;
  notice.hidden = false;
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const send = /** @type {HTMLButtonElement} */ (form.querySelector('button'));
  send.disabled = true;
  const fields = new FormData(form);
  const outcome = await post('/api/setup', { secret, name: String(fields.get('name')).trim(), language: fields.get('language') });
  if (outcome.ok) location.replace('/home');
  else complain(outcome.code);
  send.disabled = false;
});

if (!secret) {
  complain('no-link');
  for (const field of form.elements) /** @type {HTMLInputElement} */ (field).disabled = true;
}
