/** The editor of one own dialogue: words in a form or everything as text, checked while one types, saved when sound. */

import { Checking } from '../core/checking.js';
import { clock } from '../core/clock.js';
import { ending } from '../core/sentences.js';
import { firstLanguages, reworded } from '../core/wording.js';
import { Words, choose } from '../core/words.js';
import { button } from '../ui/button.js';
import { attribute, h, put, say, show } from '../ui/dom.js';
import { makePreview } from '../ui/preview.js';
import { makeScriptText } from '../ui/scripttext.js';
import { makeWordForm } from '../ui/wordform.js';
import { post } from './entry.js';

/** @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const own = document.documentElement.lang;
const catalogues = JSON.parse(part('words').textContent ?? '{}');
const { t } = new Words(catalogues, own);
const { id, text: stored, edition } = JSON.parse(part('script').textContent ?? '{}');

/** What stands in the editor. Words and text are two sides of one dialogue; `mode` says which of them is typed in. */
const state = {
  mode: /** @type {'words' | 'text'} */ ('words'),
  text: /** @type {string} */ (stored),
  dialogue: /** @type {import('../core/wording.js').Dialogue | null} */ (null),
  base: /** @type {string} */ (edition),
  languages: /** @type {string[]} */ ([]),
  step: '',
  language: own,
  dirty: false,
  saving: false,
};

const status = part('status');
const fault = part('fault');
const there = new Words(catalogues, own);
const preview = makePreview(t, there.t, (step) => {
  state.step = step;
  preview.draw(step);
});
const form = makeWordForm(t, {
  typed(field, language, words) {
    if (!state.dialogue) return;
    state.dialogue = reworded(state.dialogue, field, language, words);
    typed();
  },
  looks(step, language) {
    const spoke = state.language !== language;
    state.language = language;
    if (step) state.step = step;
    if (spoke) checking.now();
    else preview.draw(state.step);
  },
  picked(languages) {
    state.languages = languages;
    drawForm();
  },
});
const whole = makeScriptText(t, (text) => {
  state.text = text;
  typed();
});
const save = button({ action: 'save-script', words: t('Save'), kind: 'primary' }, () => void store());
const modes = /** @type {const} */ (['words', 'text']).map((mode) =>
  button({ action: 'mode', words: mode === 'words' ? t('Words') : t('Everything'), kind: 'mode', data: { mode } }, () => void change(mode)),
);
const look = button({ action: 'preview', words: t('Preview'), kind: 'mode only-narrow' }, () => {
  part('editing').toggleAttribute('data-preview');
  draw();
});

const content = () => (state.mode === 'words' && state.dialogue ? { script: state.dialogue } : { text: state.text });
const checking = new Checking(clock, () => post('/api/scripts/check', { ...content(), language: state.language }), checked);

function typed() {
  state.dirty = true;
  preview.stale(true);
  tell(t('Checking…'));
  checking.changed();
  draw();
}

/** @param {import('../core/checking.js').Outcome} outcome */
function checked(outcome) {
  if (!outcome.ok) {
    const { happened, todo } = ending(outcome.code, t);
    tell(outcome.code === 'offline' ? t('No connection. What you typed stays on this page and is checked again by itself.') : `${happened} ${todo}`);
  } else if (outcome.body.ok) sound(outcome.body);
  else unsound(outcome.body);
  draw();
}

/** @param {any} body */
function sound(body) {
  const first = state.dialogue === null;
  if (state.mode === 'words') state.text = body.text;
  else state.dialogue = body.script;
  if (first) {
    state.dialogue = body.script;
    state.languages = firstLanguages(body.script, own);
    drawForm();
  }
  complain(null);
  there.speak(choose([state.language], there.languages));
  preview.show(body.preview, state.step);
  preview.stale(false);
  say(part('name'), body.script.name[own] ?? body.script.name.en ?? Object.values(body.script.name)[0]);
  tell(state.dirty ? t('Everything is in order. Not saved yet.') : t('Saved.'));
}

/** @param {any} body */
function unsound(body) {
  if (state.mode === 'words' && body.text) state.text = body.text;
  if (state.dialogue === null) state.mode = 'text';
  complain(body);
  tell(t('Not in order yet: nothing is saved.'));
}

/** @param {any} body what is wrong, or null */
function complain(body) {
  const sentence = body?.sentence ?? '';
  const why = body ? t(sentence, body.values) : '';
  show(fault, body !== null);
  whole.mark(body?.line ?? null);
  form.fault(body?.place ?? '', why);
  if (!body) return;
  const line = body.line;
  attribute(fault, 'data-line', line);
  put(
    fault,
    h('span', {}, line ? t('Line {line}: {why}', { line, why }) : why),
    state.mode === 'text' && line ? button({ action: 'go-to-line', words: t('Go to line {line}', { line }), kind: 'small' }, () => whole.goTo(line)) : null,
  );
}

/** @param {string} words */
function tell(words) {
  say(status, words);
}

async function store() {
  if (state.saving) return;
  state.saving = true;
  checking.drop();
  tell(t('Saving…'));
  draw();
  const sent = JSON.stringify(content());
  const outcome = await post(`/api/scripts/${id}`, { ...content(), language: state.language, base: state.base });
  state.saving = false;
  const same = JSON.stringify(content()) === sent;
  if (!outcome.ok) {
    const own = { changed: [t('This dialogue was changed in another window.'), t('Copy what you typed here, and load the page again.')] };
    const { happened, todo } = ending(outcome.code, t);
    tell(outcome.code === 'changed' ? own.changed.join(' ') : outcome.code === 'offline' ? t('No connection, so nothing is saved. What you typed stays on this page: try again.') : `${happened} ${todo}`);
  } else if (outcome.body.ok) {
    state.base = outcome.body.edition;
    state.dirty = !same;
    if (same) sound(outcome.body);
  } else unsound(outcome.body);
  if (!same) checking.changed();
  draw();
}

/** Shows the other side of the same dialogue, which has to be sound for it. @param {'words' | 'text'} mode */
async function change(mode) {
  part('editing').removeAttribute('data-preview');
  draw();
  if (mode === state.mode) return;
  const outcome = await post('/api/scripts/check', { ...content(), language: state.language });
  if (!outcome.ok || (mode === 'words' && !outcome.body.ok)) {
    checked(outcome);
    if (outcome.ok) tell(t('First mend the line that is marked; then the words can be shown.'));
    return;
  }
  checking.drop();
  if (outcome.body.text) state.text = outcome.body.text;
  if (outcome.body.ok) state.dialogue = outcome.body.script;
  state.mode = mode;
  if (mode === 'words') drawForm();
  checked(outcome);
  draw();
}

function drawForm() {
  if (state.dialogue) form.show(state.dialogue, state.languages, own);
}

function draw() {
  show(form.element, state.mode === 'words');
  show(whole.element, state.mode === 'text');
  whole.show(state.text);
  const looking = part('editing').hasAttribute('data-preview');
  for (const element of modes) attribute(element, 'aria-pressed', element.dataset['mode'] === state.mode && !looking ? 'true' : 'false');
  attribute(look, 'aria-pressed', looking ? 'true' : 'false');
  save.disabled = state.saving || !state.dirty;
  attribute(status, 'data-dirty', state.dirty);
}

window.addEventListener('beforeunload', (event) => {
  if (state.dirty) event.preventDefault();
});

put(part('modes'), ...modes, look);
put(part('saving'), save);
put(part('editor'), form.element, whole.element);
put(part('shown'), preview.element);
tell(t('Checking…'));
draw();
checking.now();
