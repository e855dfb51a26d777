/** What the indicator says to one seat, in that seat's words: pure, from one view. Role and voice are two things. */

import { nameOf } from './layout.js';

/** @typedef {import('./protocol.js').View} View */
/** @typedef {import('./protocol.js').Indicator} Indicator */
/** @typedef {import('./words.js').Translate} Translate */

/**
 * @typedef {object} Band
 * @property {'speak' | 'mirror' | 'listen' | 'both' | 'chair' | 'quiet'} mark the icon of what my voice does now
 * @property {'sender' | 'receiver' | 'therapist'} colour
 * @property {string} voice whose mouth should be moving, the bold line
 * @property {string} floor who holds the floor
 * @property {string} act what to do, in a sentence
 * @property {readonly string[]} stems
 * @property {readonly import('./protocol.js').Choice[]} confirms
 * @property {readonly string[]} stages
 * @property {number} stage
 * @property {string | null} prompt the therapist's words for this seat
 * @property {string | null} asked the receiver asks to mirror
 * @property {string | null} pause why the dialogue stands still, or null
 */

/** The attributes that programs read on every seat's page. @param {View | null} view @returns {Record<string, string>} */
export function marks(view) {
  const it = view?.indicator;
  return {
    'data-script': it?.script ?? '',
    'data-step': it?.step ?? '',
    'data-sender': it?.sender ?? '',
    'data-voice': it?.voice ?? '',
    'data-revision': view?.revision == null ? '' : String(view.revision),
  };
}

/** @param {View} view @param {Translate} t @returns {Band | null} */
export function band(view, t) {
  const it = view.indicator;
  if (!it) return null;
  return {
    mark: markOf(it),
    colour: colourOf(view, it),
    voice: voiceLine(view, it, t),
    floor: floorLine(view, it, t),
    act: it.do,
    stems: it.stem === null ? [] : [it.stem, ...it.moreStems],
    confirms: it.confirms,
    stages: it.stages,
    stage: it.stage,
    prompt: view.prompt,
    asked: askedLine(view, it, t),
    pause: pauseLine(view, t),
  };
}

/** @param {Indicator} it @returns {Band['mark']} */
function markOf(it) {
  if (it.voice === 'none') return 'quiet';
  if (it.voice === 'both') return 'both';
  if (it.voice === 'therapist') return 'chair';
  if (it.role !== null && !it.mine) return 'listen';
  return it.voice === it.sender ? 'speak' : 'mirror';
}

/** The colour of whose voice it is; of one's own role while listening. @param {View} view @param {Indicator} it @returns {Band['colour']} */
function colourOf(view, it) {
  if (view.dimmed || it.voice === 'therapist' || it.voice === 'none') return 'therapist';
  if (it.role) return it.role;
  return it.voice === it.sender || it.voice === 'both' ? 'sender' : 'receiver';
}

/** @param {View} view @param {Indicator} it @param {Translate} t */
function voiceLine(view, it, t) {
  const step = it.stepName;
  if (it.voice === 'none') return t('Quiet together');
  if (it.voice === 'both') return t('Both of you: {step}', { step });
  if (it.voice === view.seat && view.lead) return t('Your voice now: {step}', { step });
  if (it.mine || it.voice === view.seat) return t('Your voice: {step}', { step });
  const name = nameOf(view, it.voice) ?? t('Your partner');
  if (it.role === null) return t('{name}’s voice: {step}', { name, step });
  if (it.voice === 'therapist') return t('{name} speaks', { name });
  return t('You listen');
}

/** @param {View} view @param {Indicator} it @param {Translate} t */
function floorLine(view, it, t) {
  if (it.role === 'sender') return t('You are the {role}', { role: it.senderRole });
  return t('{name} is the {role}', { name: nameOf(view, it.sender) ?? t('Your partner'), role: it.senderRole });
}

/** @param {View} view @param {Indicator} it @param {Translate} t @returns {string | null} */
function askedLine(view, it, t) {
  if (!view.asked) return null;
  if (it.role === 'receiver') return t('You asked to mirror. Wait until there is a pause.');
  const receiver = it.sender === 'partner-a' ? 'partner-b' : 'partner-a';
  return t('{name} would like to mirror now.', { name: nameOf(view, receiver) ?? t('Your partner') });
}

/** Whether this seat may ask to mirror: the receiver, while the sender speaks. @param {View} view */
export function mayAsk(view) {
  const it = view.indicator;
  return it !== null && !view.dimmed && it.role === 'receiver' && it.voice === it.sender && !view.asked;
}

/** @param {View} view @param {Translate} t @returns {string | null} */
export function pauseLine(view, t) {
  if (!view.dimmed) return null;
  if (view.breath) return t('Breathe out slowly. The dialogue waits here.');
  if (view.lead) {
    const held = view.lead.held;
    if (held) return t('You are aside with {name}. The dialogue waits here.', { name: nameOf(view, held) ?? '' });
    return view.timeOut ? t('Time-out. The dialogue waits here.') : t('You speak. The dialogue waits here.');
  }
  const name = nameOf(view, 'therapist') ?? '';
  if (view.scene === 'aside') return t('You are alone with {name}. Your partner neither sees nor hears you.', { name });
  return t('{name} speaks. The dialogue waits here.', { name });
}

/** One sentence for those who do not see the change: what a screen reader says. @param {View} view @param {Translate} t */
export function spoken(view, t) {
  const it = band(view, t);
  if (!it) return '';
  if (it.pause) return it.pause;
  return [it.asked, it.prompt, it.voice, it.floor, it.act, it.stems[0]].map((text) => text?.replace(/([^.?!…])$/, '$1.'))
    .filter(Boolean)
    .join(' ');
}
