/**
 * The whole call page as one picture: makes the parts once and draws a state into them.
 *
 * Screens come and go, but the frame with the faces is hidden and never taken out: a video that leaves the document
 * stops. No socket is known here; see `pages/call.js`.
 */

import { mayAsk, spoken } from '../core/band.js';
import { inCall, nameOf, tiles } from '../core/layout.js';
import { problem } from '../core/sentences.js';
import { button, relabel } from './button.js';
import { calmEnd, calmOf, makeCalm } from './calm.js';
import { makeControls } from './controls.js';
import { makeDoor, makeLanguages } from './door.js';
import { attribute, h, present, put, show } from './dom.js';
import { makeFeelings } from './feelings.js';
import { makeIndicator } from './indicator.js';
import { makeNext } from './next.js';
import { makeNotices } from './notices.js';
import { makePanel } from './panel.js';
import { makeSelf, makeTile } from './tiles.js';

/** @typedef {import('../core/protocol.js').View} View */
/** @typedef {import('../core/protocol.js').SeatName} SeatName */

/**
 * @typedef {object} State
 * @property {View | null} view
 * @property {string | null} over why the page cannot go on
 * @property {boolean} linked
 * @property {ReadonlySet<SeatName>} still
 * @property {boolean} within entered and not left
 * @property {boolean} atDoor before the first word of the server, by a link
 * @property {import('./door.js').DoorModel} door
 * @property {MediaStream} stream one's own
 * @property {{mic: boolean, camera: boolean}} wanted
 * @property {number} now by the server's clock
 */

/**
 * @typedef {object} Acts
 * @property {import('./door.js').DoorActs} door
 * @property {import('./next.js').LeadActs & import('./panel.js').PanelActs} lead
 * @property {Omit<import('./controls.js').ControlActs, 'peek'>} controls
 * @property {import('./feelings.js').FeelingActs} feelings
 * @property {(edge: string) => void} confirm
 * @property {(language: string) => void} speak
 * @property {() => void} reload
 */

/** @param {HTMLElement} stage @param {HTMLElement} spokenRegion @param {import('../core/words.js').Words} words @param {Acts} acts */
export function makeScreen(stage, spokenRegion, words, acts) {
  const { t } = words;
  let peeking = false;
  let panelOpen = false;
  let silent = false;
  /** @type {State | null} */
  let last = null;
  const again = () => last && draw(last);

  const notices = makeNotices(spokenRegion);
  const languages = makeLanguages(words, acts.speak);
  const top = h('header', { class: 'top' }, languages.element);
  const door = makeDoor(words, acts.door);
  const calm = makeCalm((action) => (action === 'enter' ? acts.door.enter() : acts.reload()));
  /** @type {Map<SeatName, ReturnType<typeof makeTile>>} */
  const faces = new Map(/** @type {SeatName[]} */ (['therapist', 'partner-a', 'partner-b']).map((seat) => [seat, makeTile(seat, silenced)]));
  const self = makeSelf();
  const indicator = makeIndicator(t, acts.confirm);
  const frame = h('div', { class: 'frame' }, ...[...faces.values()].map((it) => it.element), indicator.element, self.element);
  const next = makeNext(t, acts.lead);
  const panel = makePanel(t, acts.lead);
  const sheet = button({ action: 'panel', words: '', icon: 'panel', kind: 'quiet sheet-button' }, () => {
    panelOpen = !panelOpen;
    again();
  });
  const peek = () => {
    peeking = !peeking;
    again();
  };
  const controls = makeControls(t, { ...acts.controls, peek });
  const feelings = makeFeelings(t, acts.feelings);
  controls.element.prepend(sheet);
  controls.element.insertBefore(feelings.element, controls.element.querySelector('[data-action="leave"]'));
  const screens = h('div', { class: 'screens' });
  const lead = h('div', { class: 'lead' });
  put(stage, top, notices.element, screens, frame, lead, controls.element);

  function silenced() {
    silent = true;
    again();
  }

  /** Any gesture will do for a browser that holds the sound back. */
  function hear() {
    if (!silent) return;
    silent = false;
    for (const tile of faces.values()) void tile.hear();
    again();
  }
  for (const gesture of ['pointerup', 'keydown']) addEventListener(gesture, hear);

  const hour = (/** @type {number} */ time) => new Intl.DateTimeFormat(words.language, { hour: 'numeric', minute: '2-digit' }).format(time);

  /** @param {State} state */
  function draw(state) {
    last = state;
    const { view, over } = state;
    const atDoor = !over && (view ? view.scene === 'door' : state.atDoor);
    const call = !over && view !== null && inCall(view);
    const scene = over ? 'over' : (view?.scene ?? (atDoor ? 'door' : 'opening'));
    attribute(stage, 'data-scene', scene);
    attribute(stage, 'data-as', call ? (view.lead ? 'therapist' : 'partner') : null);
    attribute(stage, 'data-panel', panelOpen);
    languages.update();
    show(top, atDoor || scene === 'waiting');
    present(screens, door.element, atDoor);
    if (atDoor) door.update(state.door);
    door.picture(atDoor && state.door.hasCamera ? state.stream : null);
    drawCalm(state, atDoor || call);
    show(frame, call);
    const place = call ? frame : stage;
    if (notices.element.parentElement !== place) place.insertBefore(notices.element, call ? null : screens);
    drawFaces(state, call);
    indicator.update(over ? null : view);
    self.update(state.stream, call && peeking, t('Me'));
    drawLead(state, call);
    drawControls(state, call);
    drawNotices(state);
    if (view && !over) notices.announce(calmOf(view, t, hour, state.now)?.heading ?? spoken(view, t));
  }

  /** @param {State} state @param {boolean} other */
  function drawCalm({ view, over, now }, other) {
    present(screens, calm.element, !other);
    if (other) return;
    const still = { heading: t('One moment …'), picture: /** @type {const} */ ('breath'), lines: [], clock: null, buttons: [], code: null };
    calm.update(over ? calmEnd(over, t) : ((view && calmOf(view, t, hour, now)) ?? still));
  }

  /** @param {State} state @param {boolean} call */
  function drawFaces({ view, linked, still, within }, call) {
    const models = view && call ? tiles(view, { linked, still }) : [];
    if (!within) for (const tile of faces.values()) tile.clear();
    attribute(frame, 'data-faces', models.filter((it) => it.place !== 'none').length);
    for (const [seat, tile] of faces) {
      const model = models.find((it) => it.seat === seat);
      if (model) tile.update(model, t, view?.lead ? roleName(view, seat) : null);
      else show(tile.element, false);
    }
  }

  /** @param {State} state @param {boolean} call */
  function drawLead({ view, now }, call) {
    const leads = call && view !== null && view.lead !== null;
    for (const part of [next.element, panel.element]) present(lead, part, leads);
    show(sheet, leads);
    if (!leads) return;
    next.update(view);
    panel.update(view);
    panel.tick(view, now);
    relabel(sheet, panelOpen ? t('Close') : t('Steps'));
    attribute(sheet, 'aria-expanded', String(panelOpen));
  }

  /** @param {State} state @param {boolean} call */
  function drawControls({ view, within, wanted, door: { hasMic, hasCamera, asking } }, call) {
    feelings.update(within ? view : null, view ? (nameOf(view, 'therapist') ?? '') : '');
    controls.update({
      canPeek: call && hasCamera,
      canAsk: call && view !== null && mayAsk(view),
      mic: wanted.mic,
      camera: wanted.camera,
      hasMic: hasMic || asking,
      hasCamera: hasCamera || asking || !wanted.camera,
      peeking,
      live: within,
      canTimeOut: within && view?.revision != null && view.scene !== 'time-out' && view.lead === null,
    });
  }

  /** @param {State} state */
  function drawNotices({ view, linked, over, within, door: { problem: code, asking } }) {
    const lost = within && !linked && !over;
    notices.stand(
      'connection',
      lost ? { code: 'connection', text: t('The connection is being restored. Nothing is lost; please wait a moment.') } : null,
    );
    const aside = view?.scene === 'aside' && !view.lead && !view.indicator;
    const alone = aside && t('You are alone with {name}. Your partner neither sees nor hears you.', { name: nameOf(view, 'therapist') ?? '' });
    const sound = { code: 'sound', text: t('Your browser holds the sound back.'), action: { name: 'hear', words: t('Tap to hear'), press: hear } };
    notices.stand('sound', silent && view && inCall(view) && view.people.length ? sound : null);
    notices.stand('aside', alone ? { code: 'aside', text: alone } : null);
    const held = view?.sound === 'held' ? t('It is not your voice now, so nobody hears you for a moment.') : null;
    notices.stand('held', held ? { code: 'held', text: held } : null);
    const trouble = within && code && !asking ? problem(code, t) : null;
    const action = { name: 'retry-devices', words: t('Try again'), press: acts.door.retry };
    notices.stand('devices', trouble ? { code: code ?? '', text: `${trouble.happened} ${trouble.todo}`, action } : null);
  }

  return {
    draw,
    next,
    faces,
    pass: notices.pass,
    level: door.level,
    /** The focus goes to the first of these buttons that is there. @param {string} action */
    focus(action) {
      stage.querySelector(/** @type {'button'} */ (`button[data-action="${action}"]:not([hidden])`))?.focus();
    },
  };
}

/** @param {View} view @param {SeatName} seat */
function roleName({ indicator: it }, seat) {
  return it && seat !== 'therapist' ? (it.sender === seat ? it.senderRole : it.receiverRole) : null;
}
