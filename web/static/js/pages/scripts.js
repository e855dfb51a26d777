/** The list of dialogues: copies one, begins a new one, takes one's own away. */

import { ending } from '../core/sentences.js';
import { askingButton } from '../ui/button.js';
import { post } from './entry.js';
import { readWords } from './words.js';

const { t } = readWords();
const notice = /** @type {HTMLElement} */ (document.getElementById('notice'));

/** @param {string} code */
function complain(code) {
  const { happened, todo } = ending(code, t);
  const many = `${t('There are fifty dialogues of your own.')} ${t('Delete one that you no longer use.')}`;
  notice.dataset['code'] = code;
  notice.textContent = code === 'too-many' ? many : `${happened} ${todo}`;
  notice.hidden = false;
  notice.scrollIntoView({ block: 'nearest' });
}

for (const element of document.querySelectorAll('[data-action="copy-script"], [data-action="write-script"]')) {
  const begin = /** @type {HTMLButtonElement} */ (element);
  begin.addEventListener('click', async () => {
    begin.disabled = true;
    const outcome = await post('/api/scripts', { source: begin.dataset['script'] ?? null });
    if (outcome.ok) location.assign(outcome.body.path);
    else complain(outcome.code);
    begin.disabled = false;
  });
}

for (const old of document.querySelectorAll('[data-action="delete-script"]')) {
  const script = /** @type {HTMLElement} */ (old).dataset['script'] ?? '';
  const remove = askingButton({ action: 'delete-script', words: t('Delete'), sure: t('Delete it for good?'), kind: 'quiet', data: { script } }, async () => {
    const outcome = await post(`/api/scripts/${script}/delete`, {});
    if (outcome.ok) location.reload();
    else complain(outcome.code);
  });
  old.replaceWith(remove.element);
}

for (const time of document.querySelectorAll('time[data-time]')) {
  const at = Number(/** @type {HTMLElement} */ (time).dataset['time']);
  time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}
