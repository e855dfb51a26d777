/** The screen before the call: one's own picture and sound, what is wrong with them, and one button. */

import { AUDIBLE } from '../core/meter.js';
import { ending, problem } from '../core/sentences.js';
import { nameOf } from '../core/words.js';
import { button, relabel } from './button.js';
import { attribute, h, icon, rebuild, say, show } from './dom.js';

/** Once heard, the words stay for this long, in ms: they would flicker between syllables. */
const HEARD_FOR = 4000;

/**
 * @typedef {object} Choices
 * @property {readonly {id: string, label: string}[]} cameras
 * @property {readonly {id: string, label: string}[]} mics
 * @property {string} camera chosen id
 * @property {string} mic chosen id
 * @property {number} height of the picture sent
 */

/**
 * @typedef {object} DoorModel
 * @property {boolean} asking the browser is asking the person
 * @property {boolean} entering
 * @property {string | null} problem with the devices or the browser
 * @property {string | null} refused why the link did not let in
 * @property {boolean} hasMic
 * @property {boolean} hasCamera
 * @property {Choices} choices
 */

/**
 * @typedef {object} DoorActs
 * @property {() => void} enter
 * @property {() => void} retry
 * @property {() => void} copyLink
 * @property {() => void} openSecurely
 * @property {() => void} reload
 * @property {(change: Partial<{camera: string, mic: string, height: number}>) => void} choose
 */

/** Problems with which nobody can go in at all. */
const FATAL = new Set(['no-webrtc']);
/** Refusals after which pressing again may help. */
const PASSING = new Set(['offline', 'rate', 'too-early', 'internal']);

/** Whether the person would go in unheard. @param {DoorModel} model */
function blocked(model) {
  return model.problem !== null && !model.hasMic && !model.asking;
}

/** @param {import('../core/words.js').Words} words @param {DoorActs} acts */
export function makeDoor(words, acts) {
  const { t } = words;
  const video = h('video', { class: 'mirrored', autoplay: true, playsinline: true });
  video.muted = true;
  const empty = h('p', { class: 'nobody' });
  const box = h('div', { class: 'self' }, video, empty);
  const bar = h('span', { class: 'bar' });
  const heard = h('span', { class: 'heard' });
  const meter = h('div', { class: 'meter' }, icon('mic'), h('span', { class: 'scale', 'aria-hidden': 'true' }, bar), heard);
  const heading = h('h1');
  const calm = h('p', { class: 'hint' });
  const notice = h('div', { class: 'notice', role: 'alert' });
  const enter = button({ action: 'enter', words: '', kind: 'primary wide' }, acts.enter);
  const settings = h('div', { class: 'choices' });
  const summary = h('summary');
  const details = h('details', { class: 'devices' }, summary, settings);
  const element = h(
    'section',
    { class: 'door' },
    h('div', { class: 'column' }, heading, calm, box, meter, notice, enter, details),
  );
  let heardAt = -Infinity;

  /** @param {DoorModel} model */
  function update(model) {
    const fatal = FATAL.has(model.problem ?? '') || (model.refused !== null && !PASSING.has(model.refused));
    say(heading, t('Before you go in'));
    say(calm, t('Nobody sees or hears you yet.'));
    say(empty, emptyWords(model));
    show(empty, !model.hasCamera);
    show(video, model.hasCamera);
    show(meter, model.hasMic);
    const code = model.refused ?? model.problem;
    attribute(notice, 'data-code', code);
    show(notice, code !== null);
    rebuild(notice, [code, words.language, blocked(model)], () => (code ? noticeInside(code, model) : []));
    show(box, !fatal);
    show(enter, !fatal);
    enter.disabled = model.entering || model.asking;
    relabel(enter, enterWords(model));
    enter.classList.toggle('primary', !blocked(model)); // then trying again is the one next thing
    show(details, !fatal && (model.hasMic || model.hasCamera));
    say(summary, t('Another camera or microphone?'));
    rebuild(settings, [model.choices, words.language], () => choiceFields(model.choices));
  }

  /** @param {DoorModel} model */
  function emptyWords(model) {
    if (model.asking) return t('Your browser asks for your camera and microphone. Please allow both.');
    return model.hasMic ? t('No camera: the others will hear you and see your name.') : t('No camera and no microphone');
  }

  /** @param {DoorModel} model */
  function enterWords(model) {
    if (model.asking) return t('Waiting for your camera …');
    if (model.entering) return t('One moment …');
    if (model.hasMic && model.hasCamera) return t('Go in');
    if (model.hasMic) return t('Go in with sound only');
    return model.hasCamera ? t('Go in without a microphone') : t('Go in without camera and microphone');
  }

  /** @param {string} code @param {DoorModel} model */
  function noticeInside(code, model) {
    const { happened, todo } = model.refused ? ending(code, t) : problem(code, t);
    const remedy = remedyOf(code, model);
    return [h('p', {}, h('strong', {}, happened), ' ', todo), remedy];
  }

  /** The button that does what the sentence says. @param {string} code @param {DoorModel} model */
  function remedyOf(code, model) {
    if (code === 'no-webrtc') return button({ action: 'copy-link', words: t('Copy my link'), icon: 'copy' }, acts.copyLink);
    if (code === 'insecure') return button({ action: 'open-secure', words: t('Open it with https://'), icon: 'lock' }, acts.openSecurely);
    if (model.refused) return PASSING.has(code) ? null : button({ action: 'reload', words: t('Load this page again') }, acts.reload);
    return button({ action: 'retry-devices', words: t('Try again'), kind: blocked(model) ? 'primary' : '' }, acts.retry);
  }

  /** @param {Choices} choices */
  function choiceFields(choices) {
    return [
      field(t('Camera'), 'camera', choices.cameras, choices.camera, (id) => acts.choose({ camera: id })),
      field(t('Microphone'), 'mic', choices.mics, choices.mic, (id) => acts.choose({ mic: id })),
      field(
        t('Picture'),
        'height',
        [
          { id: '720', label: t('sharp') },
          { id: '360', label: t('light, for a slow connection') },
        ],
        String(choices.height),
        (id) => acts.choose({ height: Number(id) }),
      ),
    ];
  }

  /** @param {string} label @param {string} name @param {readonly {id: string, label: string}[]} options @param {string} chosen @param {(id: string) => void} choose */
  function field(label, name, options, chosen, choose) {
    const select = h('select', { name, onchange: (/** @type {Event} */ event) => choose(/** @type {HTMLSelectElement} */ (event.target).value) });
    options.forEach((it, index) => {
      select.append(h('option', { value: it.id, selected: it.id === chosen }, it.label || `${label} ${index + 1}`));
    });
    return options.length ? h('label', {}, label, select) : null;
  }

  return {
    element,
    update,
    /** @param {MediaStream | null} stream */
    picture(stream) {
      if (video.srcObject !== stream) video.srcObject = stream;
      if (stream) void video.play().catch(() => {});
    },
    /** @param {number} level 0 to 1 @param {boolean} awake @param {number} now */
    level(level, awake, now) {
      bar.style.inlineSize = `${Math.round(level * 100)}%`;
      if (level > AUDIBLE) heardAt = now;
      const hears = now - heardAt < HEARD_FOR;
      attribute(meter, 'data-heard', hears);
      say(heard, hears ? t('We can hear you') : awake ? t('Say something: we listen for your voice.') : t('Tap the page to test your microphone.'));
    },
  };
}

/** The menu of languages. @param {import('../core/words.js').Words} words @param {(language: string) => void} choose */
export function makeLanguages(words, choose) {
  const select = h('select', { class: 'languages', onchange: () => choose(select.value) });
  for (const language of words.languages) select.append(h('option', { value: language, lang: language }, nameOf(language)));
  const update = () => {
    select.value = words.language;
    attribute(select, 'aria-label', words.t('Language'));
  };
  update();
  return { element: select, update };
}
