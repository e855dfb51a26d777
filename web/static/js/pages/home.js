/** The therapist's own page: makes a call and shows its three links once, to be copied. */

import { ending } from '../core/sentences.js';
import { askingButton, button, relabel } from '../ui/button.js';
import { h, icon, put } from '../ui/dom.js';
import { post } from './entry.js';
import { readWords } from './words.js';

const { t, language } = { ...readWords(), language: document.documentElement.lang };
const form = /** @type {HTMLFormElement} */ (document.getElementById('new'));
const notice = /** @type {HTMLElement} */ (document.getElementById('notice'));
const links = /** @type {HTMLElement} */ (document.getElementById('links'));

/** @param {string} code */
function complain(code) {
  const { happened, todo } = ending(code, t);
  notice.dataset['code'] = code;
  notice.textContent = `${happened} ${todo}`;
  notice.hidden = false;
}

/** @param {string} words @param {string} link */
function linkRow(words, link) {
  const copy = button({ action: 'copy', words: t('Copy'), icon: 'copy' }, async () => {
    await navigator.clipboard.writeText(link).catch(() => field.select());
    relabel(copy, t('Copied'), 'done');
    setTimeout(() => relabel(copy, t('Copy'), 'copy'), 2500);
  });
  const field = h('input', { readonly: true, value: link, 'aria-label': words, onfocus: () => field.select() });
  return h('li', {}, h('strong', {}, words), h('div', { class: 'copyline' }, field, copy));
}

/**
 * Shows the links of a call; they cannot be shown again.
 * @param {string} title
 * @param {Record<string, string>} byseat
 * @param {Record<string, string>} names
 */
function showLinks(title, byseat, names) {
  const own = byseat['therapist'] ?? '/';
  put(
    links,
    h('h2', {}, t('Links for {title}', { title })),
    h('p', { class: 'notice' }, icon('lock'), t('These links are shown only now. Send each partner their own, on a way that the other does not read.')),
    h(
      'ul',
      {},
      ...['partner-a', 'partner-b'].map((seat) => linkRow(names[seat] ?? seat, byseat[seat] ?? '')),
      linkRow(t('You'), own),
    ),
    h('p', {}, h('a', { class: 'button primary', href: own, target: '_blank', rel: 'noopener' }, t('Go to the call'))),
  );
  links.hidden = false;
  links.scrollIntoView({ block: 'start' });
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const fields = new FormData(form);
  const text = (/** @type {string} */ name) => String(fields.get(name) ?? '').trim();
  const partners = Object.fromEntries(
    ['partner-a', 'partner-b'].map((seat) => [seat, { name: text(`${seat}-name`), language: text(`${seat}-language`) }]),
  );
  notice.hidden = true;
  const outcome = await post('/api/calls', partners);
  if (!outcome.ok) {
    complain(outcome.code);
    return;
  }
  const names = { 'partner-a': text('partner-a-name'), 'partner-b': text('partner-b-name') };
  showLinks(`${names['partner-a']} & ${names['partner-b']}`, outcome.body.links, names);
  form.reset();
});

for (const old of document.querySelectorAll('[data-action="new-links"]')) {
  const { room = '', title = '' } = /** @type {HTMLElement} */ (old).dataset;
  const [one = t('One partner'), other = t('The other partner')] = title.split(' & ');
  const renew = askingButton(
    { action: 'new-links', words: t('Make new links'), sure: t('The old links stop working. Go on?'), data: { room } },
    async () => {
      const outcome = await post(`/api/calls/${encodeURIComponent(room)}/links`, {});
      if (outcome.ok) showLinks(title, outcome.body.links, { 'partner-a': one, 'partner-b': other });
      else complain(outcome.code);
    },
  );
  old.replaceWith(renew.element);
}

for (const time of document.querySelectorAll('time[data-time]')) {
  const at = Number(/** @type {HTMLElement} */ (time).dataset['time']);
  time.textContent = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}
