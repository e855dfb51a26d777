/**
 * What only the therapist knows and can do besides the next step: private lines of each partner, the balance of talk,
 * a note of the script, and tools in one drawer. Everything stays in its fixed place; nothing pops up over faces.
 */

import { balance, minutesLeft, wayBack } from '../core/privately.js';
import { button } from './button.js';
import { attribute, h, icon, put, rebuild, say, show } from './dom.js';

/** @typedef {import('../core/protocol.js').View} View */
/** @typedef {import('../core/protocol.js').Lead} Lead */
/** @typedef {import('../core/protocol.js').PartnerState} PartnerState */
/** @typedef {import('../core/protocol.js').FloorGrade} FloorGrade */
/** @typedef {import('../core/words.js').Translate} Translate */

/**
 * @typedef {object} ToolActs
 * @property {(seat: string) => void} signalSeen
 * @property {(floor: FloorGrade) => void} setFloor
 * @property {() => void} breathe
 * @property {(count: number) => void} rewind
 * @property {(script: string) => void} changeScript
 * @property {(minutes: number) => void} setLength
 * @property {(seats: string[], text: string) => void} prompt
 */

const LENGTHS = [50, 60, 75, 90, 110, 120];
const WARN_MINUTES = 12;

/** @param {Translate} t @param {ToolActs} acts */
export function makeTools(t, acts) {
  const privately = h('div', { class: 'privately' });
  const talk = h('div', { class: 'talk' });
  const left = h('p', { class: 'left' });
  const note = h('p', { class: 'note' });
  const summary = h('summary');
  const floor = h('div', { class: 'floor-grades', role: 'group' });
  const back = h('label');
  const other = h('label');
  const length = h('label');
  const breathe = button({ action: 'breathe', words: '', kind: 'small' }, acts.breathe);
  const words = h('input', { type: 'text', maxlength: 200, name: 'prompt', autocomplete: 'off' });
  const whom = h('select', { name: 'prompt-to' });
  const send = h('button', { type: 'submit', class: 'button small', 'data-action': 'prompt' }, h('span', { class: 'words' }));
  const form = h('form', { class: 'prompt-form', onsubmit: (/** @type {Event} */ event) => tell(event) }, words, whom, send);
  const drawer = h('details', { class: 'drawer' }, summary, floor, h('div', { class: 'tool-row' }, breathe), form, back, other, length);
  const element = h('div', { class: 'tools' }, privately, talk, left, note, drawer);
  /** @type {Lead | null} */
  let lead = null;

  /** @param {Event} event */
  function tell(event) {
    event.preventDefault();
    const seats = whom.value === 'both' ? (lead?.partners ?? []).map((it) => it.seat) : [whom.value];
    acts.prompt(seats, words.value.trim());
    words.value = '';
  }

  /** @param {View} view */
  function update(view) {
    lead = view.lead;
    if (!lead) return;
    const now = lead;
    rebuild(privately, [now.partners, t('Seen')], () => now.partners.flatMap(privateLines));
    drawTalk(now);
    say(note, now.coach ?? '');
    show(note, now.coach !== null);
    say(summary, t('More tools'));
    drawFloor(now);
    say(breathe.querySelector('.words') ?? breathe, t('Breathe together for a minute'));
    show(breathe, view.revision !== null && !view.dimmed);
    drawPrompt(now);
    const steps = wayBack(now.trail);
    choose(back, t('Go back to'), 'rewind', '', [['', '…'], ...steps.map((it) => /** @type {[string, string]} */ ([String(it.count), it.name]))], (value) => acts.rewind(Number(value)));
    show(back, steps.length > 0 && !view.dimmed);
    const scripts = now.scripts.filter((it) => it.script !== view.indicator?.script);
    choose(other, t('Change the dialogue'), 'change-script', '', [['', '…'], ...scripts.map((it) => /** @type {[string, string]} */ ([it.script, it.name]))], acts.changeScript);
    show(other, view.indicator !== null && !view.dimmed);
    choose(length, t('Length of the session'), 'set-length', String(now.minutes ?? ''), [['', '…'], ...LENGTHS.map((it) => /** @type {[string, string]} */ ([String(it), t('{minutes} minutes', { minutes: it })]))], (value) => acts.setLength(Number(value)));
  }

  /** @param {PartnerState} partner */
  function privateLines({ seat, name, safe, flooded, signalled, prompt }) {
    const felt = safe !== null && flooded !== null ? t('{name}: safe {safe}, flooded {flooded}', { name, safe, flooded }) : null;
    return [
      felt ? h('p', { class: 'felt' }, felt) : null,
      signalled !== null
        ? h('p', { class: 'signal', 'data-signal': seat }, icon('time-out'), h('span', {}, t('{name} gave you the quiet signal.', { name })), button({ action: 'signal-seen', words: t('Seen'), kind: 'small', data: { seat } }, () => acts.signalSeen(seat)))
        : null,
      prompt ? h('p', { class: 'felt' }, t('On {name}’s screen: {words}', { name, words: prompt })) : null,
    ];
  }

  /** @param {Lead} now */
  function drawTalk(now) {
    const shares = balance(now);
    show(talk, shares !== null);
    if (!shares) return;
    rebuild(talk, [shares, t('Time spoken')], () => [
      h('p', {}, t('Time spoken'), ': ', shares.map((it) => `${it.name} ${it.percent} %`).join(' · ')),
      h('div', { class: 'bar', 'aria-hidden': 'true' }, h('i')),
    ]);
    /** @type {HTMLElement | null} */ (talk.querySelector('i'))?.style.setProperty('inline-size', `${shares[0]?.percent ?? 50}%`);
  }

  /** @param {Lead} now */
  function drawFloor(now) {
    attribute(floor, 'aria-label', t('Whoever listens is'));
    /** @type {[FloorGrade, string][]} */
    const grades = [
      ['show', t('heard')],
      ['soften', t('softened')],
      ['hold', t('held back')],
    ];
    rebuild(floor, [now.floor, grades], () => [
      h('p', {}, t('Whoever listens is')),
      ...grades.map(([grade, label]) => {
        const it = button({ action: 'set-floor', words: label, kind: 'small', data: { floor: grade } }, () => acts.setFloor(grade));
        attribute(it, 'aria-pressed', String(now.floor === grade));
        return it;
      }),
    ]);
  }

  /** @param {Lead} now */
  function drawPrompt(now) {
    attribute(words, 'placeholder', t('Words for a screen'));
    attribute(words, 'aria-label', t('Words for a screen'));
    attribute(whom, 'aria-label', t('Whose screen'));
    say(send.firstElementChild ?? send, t('Show'));
    rebuild(whom, [now.partners.map((it) => it.name), t('both')], () => [
      h('option', { value: 'both' }, t('both')),
      ...now.partners.map((it) => h('option', { value: it.seat }, it.name)),
    ]);
  }

  /**
   * @param {HTMLElement} label
   * @param {string} title
   * @param {string} name
   * @param {string} value
   * @param {[string, string][]} options
   * @param {(value: string) => void} act
   */
  function choose(label, title, name, value, options, act) {
    rebuild(label, [title, value, options], () => {
      const select = h('select', { name, 'data-action': name, onchange: () => select.value && act(select.value) });
      put(select, ...options.map(([key, text]) => h('option', { value: key, selected: key === value }, text)));
      return [title, select];
    });
  }

  return {
    element,
    update,
    /** @param {View} view @param {number} now by the server's clock */
    tick(view, now) {
      const minutes = view.lead ? minutesLeft(view.lead, now) : null;
      say(left, minutes === null ? '' : t('{minutes} minutes left', { minutes: Math.max(0, minutes) }));
      attribute(left, 'data-late', minutes !== null && minutes <= WARN_MINUTES && (view.lead?.open ?? false));
      show(left, minutes !== null);
    },
  };
}
